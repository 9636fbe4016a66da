/**
 * How often credentials may be wrong. An address that guesses is not looked at for a while, nor a name that is guessed at from
 * many addresses; who was right from its address before goes on to be looked at, so that guessing locks nobody out.
 */
import { isIPv6 } from "node:net";
import { createRecent } from "../../../core/recent.ts";
import { detached } from "../../../core/strings.ts";
import { attemptBounds as bounds } from "./bounds.ts";

export interface Attempts {
  /** Seconds until credentials are looked at again; 0: now. */
  wait(name: string, address: string, now: Date): number;
  wrong(name: string, address: string, now: Date): void;
  right(name: string, address: string): void;
}

interface Count {
  readonly number: number;
  readonly since: number;
}

export function createAttempts(): Attempts {
  const counts = createRecent<string, Count>(bounds.counted);
  const known = createRecent<string, true>(bounds.counted);

  function over(key: string, most: number, now: Date): number {
    const { number, since } = counts.get(key) ?? { number: 0, since: 0 };
    const left = since + bounds.seconds * 1_000 - now.getTime();
    return number < most || left <= 0 ? 0 : Math.ceil(left / 1_000);
  }

  function count(key: string, now: Date): void {
    const held = counts.get(key);
    const goesOn = held !== undefined && now.getTime() - held.since < bounds.seconds * 1_000;
    counts.set(key, goesOn ? { ...held, number: held.number + 1 } : { number: 1, since: now.getTime() }, 1);
  }

  const keysOf = (name: string, address: string) => {
    const from = networkOf(address);
    // Longer than any account has: a stranger decides how much is held.
    const of = detached(name.slice(0, 128));
    return { ofAddress: `address ${from}`, ofName: `name ${of}`, pair: `pair ${from} ${of}` };
  };

  return {
    wait(name, address, now) {
      const { ofAddress, ofName, pair } = keysOf(name, address);
      if (known.get(pair) === true) return over(pair, bounds.ofKnown, now);
      return Math.max(over(ofAddress, bounds.ofAddress, now), over(ofName, bounds.ofName, now));
    },
    wrong(name, address, now) {
      const { ofAddress, ofName, pair } = keysOf(name, address);
      for (const key of [ofAddress, ofName, pair]) count(key, now);
    },
    right(name, address) {
      known.set(keysOf(name, address).pair, true, 1);
    },
  };
}

/** One host may have all of an IPv6 /64. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || /^::ffff:/i.test(address)) return address.replace(/^::ffff:/i, "");
  const [head = "", tail] = address.split("::");
  const before = head.split(":").filter((part) => part !== "");
  const after = tail === undefined ? [] : tail.split(":").filter((part) => part !== "");
  const all = [
    ...before,
    ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0"),
    ...after,
  ];
  return all.slice(0, 4).join(":");
}
