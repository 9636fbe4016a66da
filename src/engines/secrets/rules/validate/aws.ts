import type { SecretValidity } from "../../rule.ts";

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const prefixLength = 4;
const idLength = 20;
/** Account numbers have twelve decimal digits. */
const lastAccount = 999_999_999_999n;

/**
 * The account's twelve digits that an access key id carries (base 32 after the prefix, bits 1 to 40); undefined for ids
 * from before 2019, whose first bit is clear and which carry none, and for what is no id.
 */
export function accountOfAccessKey(id: string): string | undefined {
  const account = accountBits(id);
  return account === undefined || account > lastAccount ? undefined : account.toString().padStart(12, "0");
}

/** Whether the account in the id can exist. An old id, which names none, is "unsure". */
export function accessKeyId(id: string): SecretValidity {
  if (id.length !== idLength) return "invalid";
  for (const character of id.slice(prefixLength)) if (!base32.includes(character)) return "invalid";
  const account = accountBits(id);
  if (account === undefined) return "unsure";
  return account > lastAccount ? "invalid" : "valid";
}

function accountBits(id: string): bigint | undefined {
  if (id.length !== idLength) return undefined;
  let bits = 0n;
  for (const character of id.slice(prefixLength, prefixLength + 10)) {
    const value = base32.indexOf(character);
    if (value < 0) return undefined;
    bits = (bits << 5n) | BigInt(value);
  }
  // Ten characters are 50 bits: a flag, forty bits of account, and nine that belong to the key.
  if (bits >> 49n === 0n) return undefined;
  return (bits >> 9n) & 0xff_ffff_ffffn;
}
