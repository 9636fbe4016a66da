/** Changes to what was signed: to bytes, to lines, and to whole packets and their lengths. */
import { dearmor } from "../../../src/engines/updates/openpgp/armor.ts";
import { readPackets } from "../../../src/engines/updates/openpgp/packets.ts";
import { armored, packet } from "../../../src/engines/updates/openpgp/signer.fixture.ts";
import type { Random } from "../random.ts";
import type { SignedCase } from "./case.ts";

export function mutated({ keyring, message }: SignedCase, random: Random): SignedCase {
  switch (random.below(5)) {
    case 0:
      return { keyring: bytesChanged(keyring, random), message };
    case 1:
      return { keyring: packetsChanged(keyring, random), message };
    case 2:
      return { keyring, message: linesChanged(message, random) };
    case 3:
      return { keyring, message: bytesChanged(message, random) };
    default:
      return { keyring, message: signatureChanged(message, random) };
  }
}

function bytesChanged(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  for (let times = 1 + random.below(2); times > 0 && changed.length > 0; times--) {
    const at = random.below(changed.length);
    changed[at] = random.once(2) ? (changed[at] as number) ^ (1 << random.below(8)) : random.below(256);
  }
  return random.once(6) ? changed.subarray(0, random.below(changed.length + 1)) : changed;
}

const STRAY = [
  "",
  " ",
  "-",
  "Hash: SHA512",
  "-----BEGIN PGP SIGNATURE-----",
  "-----END PGP SIGNATURE-----",
  "x",
  "=AAAA",
];

function linesChanged(message: Buffer, random: Random): Buffer {
  const lines = message.toString("latin1").split("\n");
  const at = random.below(lines.length);
  const line = lines[at] as string;
  const others: readonly (readonly string[])[] = [
    [],
    [line, line],
    [line, random.pick(STRAY)],
    [`${line}${random.pick([" ", "\t", "\r", " \r", "\x0b", "\x0c", "\xa0", "\0"])}`],
    [`- ${line}`],
    [line.replace(/^- /, "")],
    [`${line}\r`],
    [random.pick(STRAY)],
  ];
  lines.splice(at, 1, ...random.pick(others));
  return Buffer.from(lines.join(random.once(8) ? "\r\n" : "\n"), "latin1");
}

/** The packets of the armored signature, armored again. */
function signatureChanged(message: Buffer, random: Random): Buffer {
  const text = message.toString("latin1");
  const start = text.indexOf("-----BEGIN PGP SIGNATURE-----");
  const [bytes] = dearmor(text.slice(start), "PGP SIGNATURE");
  if (start < 0 || bytes === undefined) return message;
  const changed = random.once(2) ? packetsChanged(bytes, random) : bytesChanged(bytes, random);
  return Buffer.from(text.slice(0, start) + armored("PGP SIGNATURE", changed), "latin1");
}

/** One packet taken out, doubled, moved, written in another form of length, or changed within. */
function packetsChanged(bytes: Buffer, random: Random): Buffer {
  const packets = [...readPackets(bytes).packets];
  if (packets.length === 0) return bytes;
  const at = random.below(packets.length);
  const { tag, body } = packets[at] as (typeof packets)[number];
  const written = packets.map((each) => packet(each.tag, each.body));
  const others: readonly (() => readonly Buffer[])[] = [
    () => [],
    () => [packet(tag, body), packet(tag, body)],
    () => [oldPacket(tag, body)],
    () => [oldPacket(tag, body, 3)],
    () => [Buffer.concat([Buffer.from([0xc0 | tag, 0xff, 0, 0, body.length >> 8, body.length & 0xff]), body])],
    () => [
      Buffer.concat([
        Buffer.from([0xc0 | tag, 0xe0 + 4]),
        body.subarray(0, 16),
        packet(0, body.subarray(16)).subarray(1),
      ]),
    ],
    () => [packet(tag, Buffer.concat([body, random.bytes(1 + random.below(3))]))],
    () => [packet(tag, body.subarray(0, body.length - 1))],
    () => [packet(tag, withByte(body, random.below(Math.min(body.length, 40)), random))],
    () => [packet(tag, withByte(body, random.below(body.length), random))],
    () => [packet(random.below(64), body)],
    () => [packet(10, Buffer.from("PGP")), packet(tag, body)],
  ];
  written.splice(at, 1, ...random.pick(others)());
  if (random.once(5))
    written.splice(random.below(written.length), 0, ...written.splice(random.below(written.length), 1));
  return Buffer.concat(written);
}

function oldPacket(tag: number, body: Buffer, form = 2): Buffer {
  if (tag > 15) return packet(tag, body);
  const length = Buffer.alloc(form === 3 ? 0 : 4);
  if (form !== 3) length.writeUInt32BE(body.length);
  return Buffer.concat([Buffer.from([0x80 | (tag << 2) | form]), length, body]);
}

function withByte(body: Buffer, at: number, random: Random): Buffer {
  const changed = Buffer.from(body);
  if (at < changed.length) changed[at] = random.below(256);
  return changed;
}
