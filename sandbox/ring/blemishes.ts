/** What a sensor's past looks like when it was not always well. Each costs some packets; the manifest says which remain. */
export type Blemishes = {
  /** The newest file ends in the middle of a packet, as it does while daemonlogger still writes it. */
  newestCut?: boolean;
  /** An older file ends in the middle of a packet: daemonlogger was killed. */
  olderCut?: boolean;
  /** A file of zero bytes: daemonlogger was killed before its first 4096 bytes. */
  empty?: boolean;
  /** Nothing was recorded for a while between two files: the disk was full. */
  hole?: boolean;
};

/** Which of a history's files, counted from 0, each blemish falls on: a third, a half and two thirds of the way. */
export type Damage = {
  isCut: (file: number) => boolean;
  /** Whether a packet at that share (0 to 1) of the file's time was not recorded. */
  isLost: (file: number, share: number) => boolean;
  /** Whether an empty file follows, opened at 0.95 of this one's time. */
  isFollowedByEmpty: (file: number) => boolean;
  /** Whether packets are missing between this file's last and the next one's first. */
  isFollowedByHole: (file: number) => boolean;
};

/** Lays the blemishes over so many files of so many microseconds each; throws where there is no room for them. */
export function damageOf(blemishes: Blemishes, files: number, span: number): Damage {
  const wanted = Object.values(blemishes).some(Boolean);
  if (wanted && (files < 6 || span < 60e6)) throw new Error('blemishes need six files of a minute each at least');
  const holeAt = blemishes.hole ? Math.floor(files / 3) : undefined;
  const cutAt = blemishes.olderCut ? Math.floor(files / 2) : undefined;
  const emptyAt = blemishes.empty ? Math.floor((files * 2) / 3) : undefined;
  return {
    isCut: (file) => file === cutAt || (blemishes.newestCut === true && file === files - 1),
    isLost: (file, share) => (file === holeAt && share > 0.4) || (file === emptyAt && share > 0.9),
    isFollowedByEmpty: (file) => file === emptyAt,
    isFollowedByHole: (file) => file === holeAt || file === cutAt || file === emptyAt,
  };
}
