// The names that a bot for operators uses; any other stays a name between colons, which is readable too.
const EMOJI: Readonly<Record<string, string>> = {
  white_check_mark: '✅',
  heavy_check_mark: '✔',
  x: '❌',
  warning: '⚠️',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  red_circle: '🔴',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_blue_circle: '🔵',
  white_circle: '⚪',
  black_circle: '⚫',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  stopwatch: '⏱',
  mag: '🔍',
  satellite_antenna: '📡',
  package: '📦',
  file_folder: '📁',
  lock: '🔒',
  bell: '🔔',
  bar_chart: '📊',
  chart_with_upwards_trend: '📈',
  black_square_for_stop: '⏹',
  octagonal_sign: '🛑',
  stop_sign: '🛑',
  wave: '👋',
  eyes: '👀',
  bulb: '💡',
  information_source: 'ℹ️',
};

/** Emoji names between colons as the emoji themselves. */
export function emojiText(text: string): string {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => EMOJI[name] ?? whole);
}
