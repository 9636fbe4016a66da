/** Signed tree heads of logs (C2SP signed-note and tlog-checkpoint), and what follows from one for an entry. */
import { createHash, verify } from "node:crypto";
import { decodeBase64 } from "../base64.ts";
import { refused } from "../refusal.ts";
import type { InclusionProof } from "./material.ts";
import type { TrustedLog } from "./root.ts";

interface Checkpoint {
  readonly origin: string;
  readonly treeSize: bigint;
  readonly rootHash: Buffer;
  /** The signed text, with the line break that ends it. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

interface NoteSignature {
  readonly name: string;
  /** The first 4 bytes of the key's id. */
  readonly keyHint: Buffer;
  readonly signature: Buffer;
}

const fault = (cause: string) => refused("trust.log", `the checkpoint ${cause}`);

/** Lines of the signed text, and signatures under it. */
const LINES = 64;
const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/;

function readCheckpoint(envelope: string): Checkpoint {
  const end = envelope.indexOf("\n\n");
  if (end < 0 || !envelope.endsWith("\n")) throw fault("is malformed: text and signatures are not separated");
  const text = envelope.slice(0, end + 1);
  const lines = envelope.slice(end + 2, -1).split("\n");
  const [origin = "", size = "", hash = "", ...more] = text.slice(0, -1).split("\n");
  if (lines.length > LINES || more.length > LINES)
    throw refused("trust.bound", `the checkpoint has more than ${LINES} lines`);
  const rootHash = decodeBase64(hash);
  if (origin === "" || !/^(?:0|[1-9][0-9]{0,18})$/.test(size) || rootHash?.length !== 32) {
    throw fault("is malformed: it does not name origin, size and root hash");
  }
  const signatures = lines.map((line): NoteSignature => {
    const [, name = "", written] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = decodeBase64(written);
    if (bytes === undefined || bytes.length < 5) throw fault("is malformed: a line is not a signature");
    return { name, keyHint: bytes.subarray(0, 4), signature: bytes.subarray(4) };
  });
  return { origin, treeSize: BigInt(size), rootHash, text, signatures };
}

/**
 * Refuses a proof unless the log signed a tree of which the body is a leaf (RFC 6962, section 2.1.1). Signatures of others,
 * witnesses, are not looked at; one by the log's own key must hold.
 */
export function verifyInclusion(proof: InclusionProof, body: Uint8Array, log: TrustedLog): void {
  if (!rootOf(proof, body).equals(proof.rootHash)) {
    throw refused("trust.log", "the inclusion proof does not lead from the entry to the root that it names");
  }
  if (proof.checkpoint === undefined) throw refused("trust.log", "the inclusion proof has no checkpoint");
  const checkpoint = readCheckpoint(proof.checkpoint);
  const hosts = hostsOf(log.url);
  const own = checkpoint.signatures.filter(({ keyHint }) => keyHint.equals(log.id.subarray(0, 4)));
  if (own.length === 0) throw fault(`is not signed by the log ${log.url}`);
  for (const { name, signature } of own) {
    if (!hosts.includes(name)) throw fault(`is signed under another name than that of ${log.url}`);
    if (!isSigned(checkpoint.text, signature, log)) throw fault(`has a signature that is not the log's`);
  }
  if (!checkpoint.rootHash.equals(proof.rootHash) || checkpoint.treeSize !== proof.treeSize) {
    throw refused("trust.log", "the inclusion proof is of another tree than the checkpoint");
  }
}

/** Names under which a log may sign: the host of its URL, with the port or without, and the URL without its scheme. */
function hostsOf(url: string): readonly string[] {
  const bare = url.replace(/^[a-z]+:\/\//, "").replace(/\/$/, "");
  const [authority = ""] = bare.split("/");
  return [bare, authority, authority.replace(/:[0-9]+$/, "")];
}

function isSigned(text: string, signature: Buffer, { key }: TrustedLog): boolean {
  return verify(key.asymmetricKeyType === "ed25519" ? null : "sha256", Buffer.from(text), key, signature);
}

function rootOf({ logIndex, treeSize, hashes }: InclusionProof, body: Uint8Array): Buffer {
  const malformed = () => refused("trust.log", "the inclusion proof does not fit the size of the log");
  if (logIndex >= treeSize) throw malformed();
  let hash = hashOf(0, body);
  let index = logIndex;
  let last = treeSize - 1n;
  for (const sibling of hashes) {
    if (last === 0n) throw malformed();
    if ((index & 1n) === 1n || index === last) {
      hash = hashOf(1, sibling, hash);
      // On the right border levels without a sibling are passed over.
      while ((index & 1n) === 0n && index !== 0n) {
        index >>= 1n;
        last >>= 1n;
      }
    } else hash = hashOf(1, hash, sibling);
    index >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) throw malformed();
  return hash;
}

function hashOf(prefix: number, ...parts: Uint8Array[]): Buffer {
  const hash = createHash("sha256").update(Buffer.from([prefix]));
  for (const part of parts) hash.update(part);
  return hash.digest();
}
