import type { PcapHeader } from '../../savefile.ts';

/** Whether the scanner reads a file as tcpdump would, or why it is left to tcpdump. */
export type Scannable = { readonly scannable: true } | { readonly scannable: false; readonly why: string };

/**
 * Judges a file by its header. libpcap 1.10.3 does more than filter with some: it turns the pseudo headers of big-endian files round, and
 * compiles for NULL and PFLOG by the file's byte order (pcap-common.c, gencode.c); it exchanges lengths before version 2.4, and mends those of
 * USB (sf-pcap.c).
 */
export function isScannable({ littleEndian, linktype, linktypeFlags, version }: PcapHeader): Scannable {
  const not = (why: string): Scannable => ({ scannable: false, why });
  if (version.major !== 2 || version.minor !== 4) return not(`pcap version ${version.major}.${version.minor}`);
  if (linktypeFlags !== 0) return not('its header says more than the linktype');
  if (longerPackets.includes(linktype)) return not(`linktype ${linktype} has packets of more than 262144 bytes`);
  if (linktype === usbMapped) return not('lengths of USB packets are mended');
  if (!littleEndian && !sameInEitherOrder.includes(linktype)) return not(`big-endian, of linktype ${linktype}`);
  return { scannable: true };
}

/** USB_LINUX_MMAPPED. */
const usbMapped = 220;

/** DBUS, USBPCAP, EBHSCR: libpcap takes longer packets of these than of others. */
const longerPackets: readonly number[] = [231, 249, 279];

/** EN10MB, PPP, PPP_HDLC, PPP_ETHER, RAW, C_HDLC, IEEE802_11, IEEE802_11_RADIO, IPV4, IPV6: no field of theirs is in the byte order of the host. */
const sameInEitherOrder: readonly number[] = [1, 9, 50, 51, 101, 104, 105, 127, 228, 229];
