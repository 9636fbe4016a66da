/** Status files of a few packages, in the forms that readers of the format part over. */
import type { Random } from "../random.ts";

/** Parts a case's status file from its update; no status file has that line. */
const UPDATE = Buffer.from("\n=== update ===\n");

export function updateIn(bytes: Buffer): { readonly status: Buffer; readonly update?: Buffer } {
  const at = bytes.indexOf(UPDATE);
  if (at < 0) return { status: bytes };
  return { status: bytes.subarray(0, at), update: bytes.subarray(at + UPDATE.length) };
}

export function statusCase(random: Random): Buffer {
  const stanzas = Array.from({ length: 1 + random.below(4) }, () => stanza(random));
  const between = () =>
    random.once(12) ? random.pick(["\n\n", " \n", "\t\n", "\r\n", "\x1a", "\x0b\n", "#\n", ""]) : "\n";
  let text = stanzas.map((each) => each + between()).join("");
  if (random.once(25)) text = text.replaceAll("\n", "\r\n");
  if (random.once(25)) text = text.slice(0, random.below(text.length));
  if (random.once(25)) text = `${random.pick(["\n\n", " \n", "\x1a\n", "\ufeff", "# x\n"])}${text}`;
  let bytes = Buffer.from(text);
  if (random.once(15)) bytes[random.below(bytes.length)] = random.pick([0, 0x1a, 0x0b, 0x0d, 0x20, 0x3a, 0x0a, 0xff]);
  if (random.once(6)) bytes = Buffer.concat([bytes, UPDATE, Buffer.from(stanza(random))]);
  return bytes;
}

const NAMES = ["openssl", "libssl3", "bash", "zlib1g", "OpenSSL", "a+b.c-d"] as const;
const VERSIONS = ["1.0-1", "1:2.0-3", "0:1.1", "3.0", "1.0~rc1-1+b2", "007:1", " 1.2", "1.0\t"] as const;
const STATES = ["installed", "Installed", "config-files", "not-installed", "half-configured", "unpacked"] as const;
const SOURCES = [
  "openssl",
  "openssl (1.0-1)",
  "openssl  (2:1.0)",
  "openssl ( 1.1 )",
  "openssl (1",
  "x y (1)",
  "",
  "Bash",
] as const;

function stanza(random: Random): string {
  const state = random.once(3) ? random.pick(STATES) : "installed";
  const fields: [name: string, value: string][] = [
    ["Package", random.pick(NAMES) + (random.once(3) ? String(random.below(50)) : "")],
    ["Status", `${random.pick(["install", "deinstall", "hold", "Install"])} ${random.once(10) ? "OK" : "ok"} ${state}`],
    ["Maintainer", "A <a@example.org>"],
    ["Architecture", random.pick(["amd64", "all"])],
    ["Version", random.once(3) ? random.pick(VERSIONS) : "1.0-1"],
    ["Description", "short\n long\n .\n Version: 9"],
  ];
  if (random.once(3)) fields.push(["Source", random.pick(SOURCES)]);
  if (random.once(10))
    fields.push([random.pick(["Revision", "Package-Revision", "Config-Version", "Conffiles", "X", "-x"]), "2"]);
  if (random.once(10)) fields.push(random.pick(fields));
  if (random.once(12)) fields.splice(random.below(fields.length), 1);
  if (random.once(4)) fields.sort(() => random.below(3) - 1);
  return fields.map(([name, value]) => line(random, name, value)).join("");
}

function line(random: Random, name: string, value: string): string {
  const odd = random.once(12);
  if (!odd) return `${name}: ${value}\n`;
  return random.pick([
    `${name} : ${value}\n`,
    `${name}\t:${value}\n`,
    `${name}:${value}\n`,
    `${name.toLowerCase()}: ${value}\n`,
    `${name.toUpperCase()}:\t${value} \t\n`,
    `${name}: ${value}\r\n`,
    `${name}:\n ${value}\n`,
    `${name}: ${value}\n more\n`,
    `${name}: ${value}\n\t\n`,
    `${name}: ${value}\n\x0bPackage: hidden\n`,
    `${name}: ${value}\n\rVersion: 0\n`,
    `${name}: ${value}\x1a`,
    `${name}: ${value}\0\n`,
    `${name} ${value}\n`,
    ` ${name}: ${value}\n`,
    `#${name}: ${value}\n`,
    `# ${name}\n`,
    `${name}\n: ${value}\n`,
    `\x1a${name}: ${value}\n`,
  ]);
}
