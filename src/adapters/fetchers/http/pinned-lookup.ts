import type { LookupFunction } from 'node:net';
import { type AddressPolicy, objectionTo } from './address-policy.ts';
import { blockedUrl } from './blocked-url.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name. The default asks the operating system, as every other connection does. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

/**
 * A lookup for the socket that hands it only addresses that passed the check. What is checked is what is connected to:
 * there is no second resolution in which a hostile name server could answer differently (DNS rebinding). One bad address
 * among good ones refuses the name.
 */
export function pinnedLookup(resolve: Resolve, policy: AddressPolicy): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const first = addresses[0];
        const objection = objectionToAny(addresses, policy);
        if (objection !== null || first === undefined) {
          callback(blockedUrl(`${host} points to ${objection ?? 'no address'}`), '', 4);
        } else if (options.all === true) {
          callback(null, [...addresses]);
        } else {
          callback(null, first.address, first.family);
        }
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 4),
    );
  };
}

function objectionToAny(addresses: readonly ResolvedAddress[], policy: AddressPolicy): string | null {
  for (const { address } of addresses) {
    const objection = objectionTo(address, policy);
    if (objection !== null) return objection;
  }
  return null;
}
