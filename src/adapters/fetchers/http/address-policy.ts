import ipaddr from 'ipaddr.js';

export interface AddressPolicy {
  /** Lets loopback addresses through, for development and tests. */
  readonly allowLoopback: boolean;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

// Prefixes that carry an IPv4 address: it is that address which is reached in the end, so it has to be public too.
const IPV4_CARRIERS: ReadonlyArray<readonly [network: string, bits: number, firstByte: number]> = [
  ['::', 96, 12], // IPv4-compatible, RFC 4291 2.5.5.1
  ['::ffff:0:0', 96, 12], // IPv4-mapped, RFC 4291 2.5.5.2
  ['::ffff:0:0:0', 96, 12], // IPv4-translated, RFC 2765
  ['64:ff9b::', 96, 12], // NAT64, RFC 6052
  ['2002::', 16, 2], // 6to4, RFC 3056
];

/** Why an address must not be connected to, or null when it is public. Unreadable addresses are refused. */
export function objectionTo(address: string, policy: AddressPolicy): string | null {
  if (address.includes('%')) return 'an address with a zone id';
  if (!ipaddr.isValid(address)) return 'an address that cannot be read';
  return objectionToParsed(ipaddr.parse(address), policy);
}

function objectionToParsed(address: Address, policy: AddressPolicy): string | null {
  const range = address.range();
  if (range === 'loopback') return policy.allowLoopback ? null : 'a loopback address';
  if (range === 'unicast') return objectionToGlobal(address, policy);
  const carried = carriedIpv4(address);
  if (carried === null) return `an address that is not public (${range})`;
  return (
    objectionToParsed(carried, policy) ?? (range === 'ipv4Mapped' ? null : `an address that is not public (${range})`)
  );
}

/** The registry calls some of these unicast, since they look like any other address. */
function objectionToGlobal(address: Address, policy: AddressPolicy): string | null {
  const carried = carriedIpv4(address);
  if (carried !== null) return objectionToParsed(carried, policy);
  if (address.kind() === 'ipv4') return null;
  // Only 2000::/3 is handed out for the public internet (RFC 4291, IANA registry).
  return (address.toByteArray()[0]! & 0xe0) === 0x20 ? null : 'an address that is not public';
}

function carriedIpv4(address: Address): ipaddr.IPv4 | null {
  if (!(address instanceof ipaddr.IPv6)) return null;
  for (const [network, bits, firstByte] of IPV4_CARRIERS) {
    if (!address.match(ipaddr.IPv6.parse(network), bits)) continue;
    return new ipaddr.IPv4(address.toByteArray().slice(firstByte, firstByte + 4));
  }
  return null;
}
