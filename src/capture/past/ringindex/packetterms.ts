import { etherTypes, hasPorts, isTag, type LinkLayer } from './linklayer.ts';
import type { Kind } from './terms.ts';
import { AddressValues, SmallValues, type Values, WordValues } from './values.ts';

const packetsAtOnce = 1_024;
/** A packet has at most two terms of a kind for each of the three places where a network header may stand. */
const mostNoted = packetsAtOnce * 6;

/**
 * Takes the terms out of packets. Each field is noted as soon as a filter could load it, however early the packet is cut behind it: a
 * term that a program can establish (`conditionOf`) has to be here, or packets would be missed.
 */
export class PacketTerms {
  readonly values = {
    ethertype: new SmallValues(),
    'inner ethertype': new SmallValues(),
    vlan: new SmallValues(),
    protocol: new SmallValues(),
    port: new SmallValues(),
    ipv4: new WordValues(),
    ipv6: new AddressValues(),
  } as const satisfies Record<Kind, Values>;
  /** What packets had of each kind since `#tell`: values note them by the thousand, in loops that do nothing else, which is faster. */
  readonly #etherTypes = new Uint16Array(mostNoted);
  readonly #innerTypes = new Uint16Array(mostNoted);
  readonly #vlans = new Uint16Array(mostNoted);
  readonly #protocols = new Uint16Array(mostNoted);
  readonly #ports = new Uint16Array(mostNoted);
  readonly #ipv4s = new Int32Array(mostNoted);
  readonly #ipv6s = new Int32Array(mostNoted * 4);
  #etherTypeCount = 0;
  #innerTypeCount = 0;
  #vlanCount = 0;
  #protocolCount = 0;
  #portCount = 0;
  #ipv4Count = 0;
  #ipv6Count = 0;
  #left = packetsAtOnce;
  readonly #layer: LinkLayer;
  readonly #view: DataView;

  /** @param view over the buffer that packets are read into */
  constructor(layer: LinkLayer, view: DataView) {
    this.#layer = layer;
    this.#view = view;
  }

  endBlock(): void {
    this.#tell();
    for (const { postings } of Object.values(this.values)) postings.endBlock();
  }

  #tell(): void {
    const { values } = this;
    values.ethertype.note(this.#etherTypes, this.#etherTypeCount);
    values['inner ethertype'].note(this.#innerTypes, this.#innerTypeCount);
    values.vlan.note(this.#vlans, this.#vlanCount);
    values.protocol.note(this.#protocols, this.#protocolCount);
    values.port.note(this.#ports, this.#portCount);
    values.ipv4.note(this.#ipv4s, this.#ipv4Count);
    values.ipv6.note(this.#ipv6s, this.#ipv6Count);
    this.#etherTypeCount = 0;
    this.#innerTypeCount = 0;
    this.#vlanCount = 0;
    this.#protocolCount = 0;
    this.#portCount = 0;
    this.#ipv4Count = 0;
    this.#ipv6Count = 0;
    this.#left = packetsAtOnce;
  }

  /** @param at the packet's first byte; @param captured how many there are */
  note(at: number, captured: number): void {
    if (this.#left === 0) this.#tell();
    this.#left -= 1;
    const layer = this.#layer;
    const view = this.#view;
    if (captured < layer.offset + layer.bytes) return;
    const place = at + layer.offset;
    const word =
      layer.bytes === 2 ? view.getUint16(place) : layer.bytes === 4 ? view.getUint32(place) : view.getUint8(place);
    const etherType = layer.etherTypeOf((word & layer.mask) >>> 0);
    if (etherType === undefined) return;
    this.#etherTypes[this.#etherTypeCount++] = etherType;
    if (layer.tagged) this.#tags(at, captured, etherType);
    this.#network(etherType, at + layer.network, captured - layer.network);
  }

  /**
   * What is behind one tag and behind two. A second `vlan` of an expression looks where a second tag would have its type, whatever the
   * first type is (`fieldOf`), and so does this.
   */
  #tags(at: number, captured: number, etherType: number): void {
    const view = this.#view;
    const { network } = this.#layer;
    const isTagged = isTag(etherType);
    if (isTagged && captured >= network + 2) this.#vlans[this.#vlanCount++] = view.getUint16(at + network) & 0x0fff;
    if (captured < network + 4) return;
    const second = view.getUint16(at + network + 2);
    const isSecondTag = isTag(second);
    if (isTagged || isSecondTag) this.#innerTypes[this.#innerTypeCount++] = second;
    if (isTagged) this.#network(second, at + network + 4, captured - network - 4);
    if (!isSecondTag || captured < network + 6) return;
    this.#vlans[this.#vlanCount++] = view.getUint16(at + network + 4) & 0x0fff;
    if (captured < network + 8) return;
    const third = view.getUint16(at + network + 6);
    this.#innerTypes[this.#innerTypeCount++] = third;
    this.#network(third, at + network + 8, captured - network - 8);
  }

  /** @param left bytes from the header's first on; below 0 where the packet does not reach it */
  #network(etherType: number, at: number, left: number): void {
    if (etherType === etherTypes.ipv4) this.#ipv4(at, left);
    else if (etherType === etherTypes.ipv6) this.#ipv6(at, left);
    else if (etherType === etherTypes.arp || etherType === etherTypes.rarp) this.#arp(at, left);
  }

  /** RFC 791. */
  #ipv4(at: number, left: number): void {
    const view = this.#view;
    if (left < 10) return;
    const protocol = view.getUint8(at + 9);
    this.#protocols[this.#protocolCount++] = protocol;
    if (left >= 16) this.#ipv4s[this.#ipv4Count++] = view.getInt32(at + 12);
    if (left >= 20) this.#ipv4s[this.#ipv4Count++] = view.getInt32(at + 16);
    // Only a first fragment has ports.
    if (!hasPorts(protocol) || (view.getUint16(at + 6) & 0x1fff) !== 0) return;
    this.#portsOf(at, left, (view.getUint8(at) & 15) * 4);
  }

  /** RFC 8200. */
  #ipv6(at: number, left: number): void {
    const view = this.#view;
    if (left < 7) return;
    const protocol = view.getUint8(at + 6);
    this.#protocols[this.#protocolCount++] = protocol;
    if (left >= 12) this.#address(at + 8, left - 8);
    if (left >= 28) this.#address(at + 24, left - 24);
    if (protocol === 44 && left >= 41) this.#protocols[this.#protocolCount++] = view.getUint8(at + 40);
    if (hasPorts(protocol)) this.#portsOf(at, left, 40);
  }

  /** Words that the packet was cut before are noted as zero: a filter that asks for those before them finds the address in its range. */
  #address(at: number, left: number): void {
    const view = this.#view;
    const words = this.#ipv6s;
    const place = this.#ipv6Count * 4;
    this.#ipv6Count += 1;
    words[place] = view.getInt32(at);
    words[place + 1] = left >= 8 ? view.getInt32(at + 4) : 0;
    words[place + 2] = left >= 12 ? view.getInt32(at + 8) : 0;
    words[place + 3] = left >= 16 ? view.getInt32(at + 12) : 0;
  }

  #portsOf(at: number, left: number, header: number): void {
    if (left >= header + 2) this.#ports[this.#portCount++] = this.#view.getUint16(at + header);
    if (left >= header + 4) this.#ports[this.#portCount++] = this.#view.getUint16(at + header + 2);
  }

  /** RFC 826, for Ethernet and IPv4: libpcap looks at these places whatever the packet says it is for. */
  #arp(at: number, left: number): void {
    if (left >= 18) this.#ipv4s[this.#ipv4Count++] = this.#view.getInt32(at + 14);
    if (left >= 28) this.#ipv4s[this.#ipv4Count++] = this.#view.getInt32(at + 24);
  }
}
