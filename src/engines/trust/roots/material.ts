/** Everything whose word is to be taken, from what a policy or the options of a command name. */
import { closeSync, constants, openSync, readSync } from "node:fs";
import type { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import type { CertificateAuthority, SigstoreRoot, TrustedKey, TrustMaterial } from "../model.ts";
import { readAuthority } from "./authorities.ts";
import { bounds } from "./bounds.ts";
import type { Instance } from "./carried/carried.ts";
import { readTrustedKey } from "./keys.ts";
import { type RootsCode, refused } from "./refused.ts";
import { readTrustedRoot } from "./trusted-root.ts";

/** Somebody to be trusted, as a policy's entry or an option names them. */
export type TrustSource =
  | { readonly kind: "instance"; readonly instance: Instance }
  /** A trusted root's file, as `cosign trusted-root create` writes it. */
  | { readonly kind: "trusted-root"; readonly file: string; readonly name?: string }
  | {
      readonly kind: "authority";
      /** PEM. */
      readonly file: string;
      readonly purpose: CertificateAuthority["purpose"];
      readonly name?: string;
    }
  | {
      readonly kind: "key";
      /** A PEM file, or `env://NAME`: an environment variable that holds its text. */
      readonly file: string;
      readonly name?: string;
    };

export interface MaterialOptions {
  /**
   * Reads a file that a source names: from where the policy itself is, a commit for one. At most `limit` bytes, or a Problem
   * (usage). The file system's own files, from the working directory on, where absent.
   */
  readonly readFile?: (file: string, limit: number) => Uint8Array;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The root of a Sigstore instance, as {@link SigstoreRoot}'s document and date. */
  readonly rootOf: (instance: Instance) => SigstoreRoot | Promise<SigstoreRoot>;
}

/**
 * Reads every source once.
 *
 * @throws Problem (usage) `trust.*` where one of them cannot be read or is not what it is named for; what `rootOf` throws
 */
export async function loadTrustMaterial(
  sources: readonly TrustSource[],
  options: MaterialOptions,
): Promise<TrustMaterial> {
  if (sources.length > bounds.sources) {
    throw refused("trust.sources", "trust", `${sources.length} roots and keys, more than ${bounds.sources}`);
  }
  const roots: SigstoreRoot[] = [];
  const authorities: CertificateAuthority[] = [];
  const keys: TrustedKey[] = [];
  for (const source of sources) {
    switch (source.kind) {
      case "instance":
        if (!roots.some(({ name }) => name === source.instance)) roots.push(await options.rootOf(source.instance));
        break;
      case "trusted-root":
        roots.push(ownRoot(source, options));
        break;
      case "authority":
        authorities.push(
          readAuthority(textOf(source.file, bounds.authorityBytes, options), source.file, source.purpose, source.name),
        );
        break;
      case "key":
        keys.push(readTrustedKey(keyText(source.file, options), source.file, source.name));
        break;
    }
  }
  return { roots, authorities, keys };
}

function ownRoot(source: TrustSource & { kind: "trusted-root" }, options: MaterialOptions): SigstoreRoot {
  const { file, name = file } = source;
  const read = readTrustedRoot(bytesOf(file, bounds.trustedRootBytes, options));
  if ("document" in read) return { name, document: read.document };
  throw refused("trust.trusted-root", file, read.fault, "give a file as `cosign trusted-root create` writes it");
}

const ENVIRONMENT = "env://";

function keyText(file: string, options: MaterialOptions): string {
  if (!file.startsWith(ENVIRONMENT)) return textOf(file, bounds.keyBytes, options);
  const name = file.slice(ENVIRONMENT.length);
  const wrong = (cause: string): Problem => refused("trust.environment", file, cause, "set it to a key in PEM form");
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name)) throw wrong("invalid name of an environment variable");
  const text = (options.environment ?? process.env)[name];
  if (text === undefined || text === "") throw wrong("environment variable not set");
  if (text.length > bounds.keyBytes) throw tooLarge(file, bounds.keyBytes);
  return text;
}

function textOf(file: string, limit: number, options: MaterialOptions): string {
  const bytes = bytesOf(file, limit, options);
  // PEM is ASCII, and what stands around its blocks is not looked at.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

function bytesOf(
  file: string,
  limit: number,
  { readFile = (name, most) => readBounded(name, most) }: MaterialOptions,
): Uint8Array {
  const bytes = readFile(file, limit);
  if (bytes.length > limit) throw tooLarge(file, limit);
  return bytes;
}

/**
 * One byte more than the bound tells that it is over it. A named pipe is not waited for, one of a shell (`<(…)`) is.
 *
 * @param place - what the file is called in problems
 * @throws Problem (usage) `trust.unreadable`, `trust.too-large`
 */
export function readBounded(file: string, limit: number, place: string = file): Uint8Array {
  const bytes = Buffer.alloc(limit + 1);
  let length = 0;
  try {
    const descriptor = openSync(file, constants.O_RDONLY | (OF_A_SHELL.test(file) ? 0 : constants.O_NONBLOCK));
    try {
      for (let read = -1; read !== 0 && length <= limit; length += read) {
        read = readSync(descriptor, bytes, length, bytes.length - length, null);
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw refused("trust.unreadable", place, systemCause(error), undefined, error);
  }
  if (length > limit) throw tooLarge(place, limit);
  return bytes.subarray(0, length);
}

/** `<(…)` in bash and zsh, and what is piped in. */
const OF_A_SHELL = /^\/(?:dev|proc\/(?:self|\d{1,10}))\/fd\/\d{1,10}$|^\/dev\/stdin$/;

function tooLarge(file: string, limit: number): Problem {
  const code: RootsCode = "trust.too-large";
  return refused(code, file, `larger than ${limit / 1024} KiB`);
}
