/** What can be typed at the prompt, within 80 columns. */
export const promptHelp = [
  'In Slack, as whoever the prompt names, in its channel:',
  "  /capture start -d 'traffic to shop' -e 'host 192.0.2.7'",
  "  /capture search -d 'beacons' --since 24h port 4444",
  '  /capture list    /capture stop c1    /capture digest    /capture help',
  '  @capture list    thread c1 @capture stop     by mention, in a thread',
  '  press Stop, or 1     presses a button: the one of that number, or the last one',
  'At the shell of the same sensor, with the same captures:',
  '  capture list -v    capture audit    (other terminals: see where)',
  'The demo itself:',
  '  as will              be somebody else: grant, will, maria, guest, stranger',
  '  channel soc-digest   look at another channel, or at dm; alone: the latest here',
  '  thread c1            the thread under a message; alone: the last one',
  '  kill, restart        kills the bot without a word; starts it again',
  '  where                what is running where',
  '  quit                 ends everything; Ctrl-C and Ctrl-D do too',
];
