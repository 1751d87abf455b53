import { plainText } from '../phone.ts';

/** A name and its sign before a value: `src:192.0.2.7`, `dst_ip=2001:db8::1`, `tcp/192.0.2.7`. */
const labels =
  /(?<![\p{L}\p{N}])((?:(?:src|dst|source|destination|client|server|remote|local|peer|host|attacker|victim|target)[ _.-]?)?(?:ip|ipv4|ipv6|addr|address|host|src|dst|source|destination|client|server|remote|local|peer|from|to|attacker|victim|target|tcp|udp)\d?)[:=/](?=\s?\[?[\da-f:])(?!\d{1,5}(?![\d.:a-f/]))/giu;

/** An alert's text as it is meant: Slack's mark-up taken away, dots, colons and schemes that were taken apart put together again. */
export function legible(text: string): string {
  return plainText(text)
    .replaceAll(/<(?:[@#!])[^<>]*>/g, ' ')
    .replaceAll(/<([^<>|\s]+)\|([^<>]*)>/g, ' $1 $2 ')
    .replaceAll(/&(?:lt|gt);|[<>]/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll(/[[({]\s?(?:\.|dot)\s?[\])}]/gi, '.')
    .replaceAll(/[[({]\s?(:\/\/|::|:)\s?[\])}]/g, '$1')
    .replaceAll(/\bh(?:xx|\*\*|XX)p(s?)(?=:)/gi, 'http$1')
    .replaceAll(/\\([.:])/g, '$1')
    .replaceAll(labels, '$1 ');
}
