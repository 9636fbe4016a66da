/** Made-up configs, manifests and indexes, mostly valid, with the places where readers of JSON part. */
import type { Random } from "../random.ts";

/** The first byte says what it is: c for a config, m for a manifest, i for an index. */
export function documentFrom(random: Random): Buffer {
  const kind = random.pick(["c", "m", "i"]);
  const text = kind === "c" ? config(random) : kind === "m" ? manifest(random) : index(random);
  let bytes = Buffer.from(kind + around(text, random));
  if (random.once(25)) bytes[1 + random.below(bytes.length - 1)] = random.below(256);
  if (random.once(60)) bytes = bytes.subarray(0, 1 + random.below(bytes.length));
  return bytes;
}

function around(text: string, random: Random): string {
  if (!random.once(40)) return text;
  return random.pick([
    ` ${text}\n`,
    `\ufeff${text}`,
    `${text}{}`,
    `${text} x`,
    `${text}\0`,
    `\v${text}`,
    `[${text}]`,
    `${text},`,
  ]);
}

type Maker = (random: Random) => string;

/** An object with its fields in any order, some left out, repeated, or spelled in another way. */
function made(fields: Readonly<Record<string, Maker>>, needed: readonly string[]): Maker {
  return (random) => {
    const names = Object.keys(fields).filter((name) => needed.includes(name) || random.once(2));
    if (random.once(20)) names.push(random.pick(Object.keys(fields)));
    if (random.once(4)) names.reverse();
    const written = names.map((name) => `${key(name, random)}:${value(fields[name] as Maker, random)}`);
    if (random.once(15)) written.push(`${key("unknown", random)}:${odd(random)}`);
    return `{${written.join(random.once(9) ? " ,\n\t" : ",")}}`;
  };
}

function value(maker: Maker, random: Random): string {
  if (random.once(60)) return "null";
  return random.once(80) ? odd(random) : maker(random);
}

const odd: Maker = (random) =>
  random.pick([
    "null",
    "true",
    "1",
    "-0",
    "1e2",
    "1.0",
    "01",
    "9223372036854775808",
    '""',
    '"x"',
    "[]",
    "{}",
    "[null]",
    '{"a":1}',
    "[1]",
    "[[[[[]]]]]",
  ]);

function key(name: string, random: Random): string {
  if (!random.once(50)) return JSON.stringify(name);
  switch (random.below(6)) {
    case 0:
      return JSON.stringify(name.toUpperCase());
    case 1:
      return JSON.stringify(name.toLowerCase());
    case 2:
      return JSON.stringify(name.replace(/s/i, "\u017f"));
    case 3:
      return JSON.stringify(name.replace(/k/i, "\u212a"));
    case 4:
      return `"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}"`;
    default:
      return JSON.stringify(name.replace("i", "\u0131").replace("I", "\u0130"));
  }
}

const text: Maker = (random) =>
  random.once(15)
    ? random.pick([
        '"\\ud83d\\ude00"',
        '"\\ud83d"',
        '"\\ude00x"',
        '"\\u0000"',
        '"\\/\\b"',
        '"😀"',
        '"\ufffd"',
        '"\\x"',
        '"a\tb"',
        '"\u2028"',
        '"\\uFFFD"',
      ])
    : random.pick(['"root"', '"app"', '"A=b"', '"/srv"', '""', '"0"', '"é"']);

const digest: Maker = (random) =>
  random.once(40)
    ? random.pick([
        '"sha256:0"',
        '"md5:d41d8cd98f00b204e9800998ecf8427e"',
        '""',
        `"SHA256:${"a".repeat(64)}"`,
        `"sha256:${"A".repeat(64)}"`,
      ])
    : `"sha256:${random.pick(["a", "b", "0"]).repeat(64)}"`;

const list =
  (of: Maker): Maker =>
  (random) =>
    `[${Array.from({ length: random.below(3) }, () => value(of, random)).join(",")}]`;

const map =
  (of: Maker): Maker =>
  (random) =>
    `{${Array.from({ length: random.below(3) }, () => `${random.once(3) ? text(random) : key(random.pick(["a", "A", "80/tcp", "__proto__", "1"]), random)}:${value(of, random)}`).join(",")}}`;

const size: Maker = (random) =>
  random.once(20) ? random.pick(["-1", "1.0", "1e3", "0", "-0", '"1"', "9007199254740993"]) : "12";
const flag: Maker = (random) => random.pick(["true", "false"]);
const nothing: Maker = () => "{}";
const time: Maker = () => '"2026-01-01T00:00:00Z"';

const platform = made({ os: text, architecture: text, variant: text, "os.version": text }, ["os", "architecture"]);
const descriptor = made({ mediaType: text, digest, size, platform, annotations: map(text) }, ["digest", "size"]);
const manifest = made(
  { schemaVersion: () => "2", mediaType: text, config: descriptor, layers: list(descriptor), annotations: map(text) },
  ["schemaVersion", "config", "layers"],
);
const index = made({ schemaVersion: () => "2", mediaType: text, manifests: list(descriptor), annotations: map(text) }, [
  "schemaVersion",
  "manifests",
]);
const config = made(
  {
    created: time,
    os: text,
    architecture: text,
    variant: text,
    "os.version": text,
    config: made(
      {
        User: text,
        Env: list(text),
        Entrypoint: list(text),
        Cmd: list(text),
        Labels: map(text),
        ExposedPorts: map(nothing),
        Volumes: map(nothing),
        WorkingDir: text,
      },
      ["User"],
    ),
    rootfs: made({ type: () => '"layers"', diff_ids: list(digest) }, ["type", "diff_ids"]),
    history: list(made({ created: time, created_by: text, comment: text, empty_layer: flag }, ["created_by"])),
  },
  ["os", "architecture", "config", "rootfs"],
);
