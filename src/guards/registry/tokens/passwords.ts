/**
 * Passwords as they are kept: scrypt (RFC 7914) in the PHC string format, `$scrypt$ln=15,r=8,p=1$SALT$HASH`. Hashing is dear, so
 * that few are hashed at a time, and who has been right is known for a moment.
 */
import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { createRecent } from "../../../core/recent.ts";
import { bounds } from "./bounds.ts";

export interface PasswordHash {
  /** Binary logarithm of the cost. */
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const NEW = { cost: 15, blockSize: 8, parallelization: 1 } as const;
const FORM =
  /^\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Undefined where it is none, or would be too cheap, or too dear to check. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, cost = 0, blockSize = 0, parallelization = 0, salt = "", hash = ""] = FORM.exec(text) ?? [];
  const read = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
    salt: Buffer.from(String(salt), "base64"),
    hash: Buffer.from(String(hash), "base64"),
  };
  const isDear = read.cost <= 17 && read.blockSize === 8 && read.parallelization === 1;
  return read.cost >= 14 && isDear && read.salt.length >= 8 && read.hash.length >= 16 ? read : undefined;
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, { ...NEW, salt, hash: Buffer.alloc(32) });
  const text = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
  return `$scrypt$ln=${NEW.cost},r=${NEW.blockSize},p=${NEW.parallelization}$${text(salt)}$${text(hash)}`;
}

/** A password for a program: 256 bits, behind a beginning by which scanners of secrets know it. */
export function makeSecret(): string {
  return `bulkhead_${randomBytes(32).toString("base64url")}`;
}

function derive(password: string, { cost, blockSize, parallelization, salt, hash }: PasswordHash): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const N = 2 ** cost;
  const options = { N, r: blockSize, p: parallelization, maxmem: 2 * 128 * N * blockSize };
  scrypt(password.normalize("NFC"), salt, hash.length, options, (error, key) => (error ? reject(error) : resolve(key)));
  return promise;
}

export interface PasswordChecker {
  /**
   * @param expected - undefined: there is no such account, and it takes as long as if there were
   * @param from - the client's network: it leaves room in the queue for others
   * @returns "busy": too many wait already, and nothing was looked at
   */
  check(
    name: string,
    password: string,
    expected: PasswordHash | undefined,
    now: Date,
    from?: string,
  ): Promise<boolean | "busy">;
}

export function createPasswordChecker(): PasswordChecker {
  const secret = randomBytes(32);
  const right = createRecent<string, number>(bounds.right);
  const nobody: PasswordHash = { ...NEW, salt: randomBytes(16), hash: randomBytes(32) };
  const waiting: (() => void)[] = [];
  const ofNetwork = new Map<string, number>();
  let hashing = 0;

  async function fairly(password: string, expected: PasswordHash, from: string): Promise<boolean | "busy"> {
    const own = ofNetwork.get(from) ?? 0;
    if (own >= bounds.hashesOfNetwork) return "busy";
    ofNetwork.set(from, own + 1);
    try {
      return await inTurn(password, expected);
    } finally {
      const left = (ofNetwork.get(from) ?? 1) - 1;
      if (left === 0) ofNetwork.delete(from);
      else ofNetwork.set(from, left);
    }
  }

  async function inTurn(password: string, expected: PasswordHash): Promise<boolean | "busy"> {
    if (hashing >= bounds.hashing) {
      if (waiting.length >= bounds.hashesWaiting) return "busy";
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else hashing += 1;
    try {
      return timingSafeEqual(await derive(password, expected), expected.hash);
    } finally {
      const next = waiting.shift();
      if (next === undefined) hashing -= 1;
      else next();
    }
  }

  return {
    async check(name, password, expected, now, from = "") {
      const known = expected ?? nobody;
      const mark = createHmac("sha256", secret)
        .update(JSON.stringify([name, password, known.salt.toString("hex"), known.hash.toString("hex")]))
        .digest("hex");
      if (now.getTime() < (right.get(mark) ?? 0)) return true;
      const isRight = await fairly(password, known, from);
      if (isRight !== true || expected === undefined) return isRight === "busy" ? isRight : false;
      right.set(mark, now.getTime() + bounds.rightSeconds * 1_000, 1);
      return true;
    },
  };
}
