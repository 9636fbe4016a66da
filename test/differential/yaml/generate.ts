/** Documents that are mostly valid, with the forms on which readers of YAML part. */
import type { Random } from "../random.ts";

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: web # its name
  labels: {app: web, "tier" : front}
spec:
  hostPID: yes
  securityContext: &s {runAsUser: 0x10, runAsNonRoot: true}
  containers:
  - name: a
    image: "shop/web:1.0"
    command: [ "sh", -c, 'exit 0' ]
    args: &args
    - |
      echo hi: there

      exit
    - >-
      folded
      text
    securityContext:
      <<: *s
      privileged: true
  -   name: b
      image: x
      args: *args
`;

const SEEDS = [
  POD,
  POD.replaceAll("\n", "\r\n"),
  `---\n${POD}---\napiVersion: v1\nkind: List\nitems:\n- {a: 1}\n...\n`,
  'a: &x {b: [1, 2, {c: d}], "e f": g}\nh: *x\ni:\n  <<: [*x, {b: 3}]\n  j: k\n',
  "? a\n: b\n? |\n  block\n: - c\n  - d: e\n    f: g\n",
  "spec:\n  ? hostPID\n  : yes\n  ? \"containers\"\n  :\n  - ? name # c\n    : a\n    image: b\n  ? 'x y'\n",
  "a: |2-\n   x\n  y\nb: >+\n  c\n\n   d\n  e\n\nf:\n",
  "a: \"b\n  c\\\n  d\n\n  e\\x41\\u00e9\"\nf: 'g\n  h''i'\nj: k\n  l\n\n  m\n",
  '{\n\t"apiVersion": "v1",\n\t"kind": "Pod",\n\t"n": [1, -2.5e3, null, true, "a\\u0041\\n"]\n}\n',
  '{"a":{"b":"c"},"d":[]}{"e":"f"}',
  "- - a\n  - b\n- c: d\n-\n  e: f\n",
  "a: !!str 1\nb: !!int 7\nc: !!float 1\nd: !!bool yes\ne: !!null ~\nf: !!map {g: h}\ni: !!seq [j]\n",
  "# only\n---#x: |\n  a: b\n--- # y\nc: d\n---\n",
] as const;

const FRAGMENTS = (
  "a|b|key|apiVersion|: |:|- |-|? |?|, |,|{|}|[|]|{}|[]|{a: b}|[a, b]|&x |&y |*x|*y|*x |<<|<<: |<<: *x|<<: [*x, *y]|" +
  '! |!!str |!!int |!!bool |!!float |!!null |!!binary |!!merge |!!map |!!seq |!!set |!local |!<tag:yaml.org,2002:str> |! "<<"|"<<"|' +
  "'<<'|!!merge <<|yes|No|on|y|n|~|null|NULL|true|0|08|0o7|0x1F|-0b1|0b-1|1_000|.5|.5_1|5.|1e3|1E400|.inf|-.inf|.nan|+1|-|-1|" +
  "12:30|2024-01-01|2001-12-14t21:59:43.10-05:00|9007199254740993|18446744073709551616|0xFFFFFFFFFFFFFFFFF|1.5|1.23456789|" +
  '"q"|\'s\'|"\\x6b"|"\\u006b"|"\\U0000006b"|"\\ud83d\\ude00"|"\\/"|"\\e"|"a\\\\"|"\\\n  x"|"a\n b"|\'a\n b\'|"|\'|\'\'|""|\\|' +
  "|>|>-|>+|>2|>-1|%|%YAML 1.1|%TAG ! x:|@|`|#|# c| # c| #|a#b|a: b|a:b|a :b|- a|- - a|a: - b|- a: b|: a|?a|-a|:a|" +
  "---|--- |---#x: \u007f|---# x|--- # c|--- a|--- {a: b}|---x|...|... a|....| \t|\t|\ufeff|\u0085|\u2028|\u2029|\u00a0|\u3000|é|\u{1f600}|\u0000|\u0007|\r|\r\n|" +
  '{a:}|{a: }|{a}|{a, b}|[a: b]|[a: b, c]|{? a}|{? a : b}|[? a : b]|{"a":b}|{a:b}|[,]|[a,,b]|[a,]|{a: b,}|{*x : a}|[*x]|{<<: *x}|{!!merge <<: *x}|' +
  "a: &x|a: *x|a: &x b|&x a: b|*x : a|!!str : a|a: !!str|? a\n: b|? a|: b|? - a|? {a: b}|? [a]\n: b"
).split("|");

const INDENTS = ["", " ", "  ", "   ", "    ", "  - ", "- "] as const;

export function generate(random: Random): Buffer {
  const kind = random.below(10);
  if (kind < 5) return mutated(random, random.pick(SEEDS));
  if (kind < 7) return Buffer.from(soup(random));
  if (kind < 9) return Buffer.from(grown(random));
  return mutated(random, JSON.stringify(value(random, 0), undefined, random.pick([0, 1, "\t"])));
}

function fragment(random: Random): string {
  // The bar is what parts the list above.
  return random.once(30)
    ? random.pick(["|", "|-", "|+", "|2", "|1-", "| # c", "|\n\n  a\n", "|\n\ta\n"])
    : random.pick(FRAGMENTS);
}

/** Pieces of a valid text taken out, put in, put twice or put elsewhere; now and then a byte. */
function mutated(random: Random, seed: string): Buffer {
  let text = seed;
  for (let left = random.below(5); left > 0; left--) {
    const at = place(random, text);
    const end = Math.min(text.length, at + random.below(random.once(3) ? 30 : 4));
    const piece = text.slice(at, end);
    switch (random.below(8)) {
      case 0:
        text = text.slice(0, at) + text.slice(end);
        break;
      case 1:
        text = text.slice(0, end) + piece + text.slice(end);
        break;
      case 2: {
        const other = place(random, text);
        text = text.slice(0, other) + piece + text.slice(other);
        break;
      }
      case 3:
        text = text.slice(0, at) + fragment(random) + text.slice(end);
        break;
      case 4:
        text = `${text.slice(0, at)}\n${random.pick(INDENTS)}${fragment(random)}${random.pick(["", "\n", ": ", " "])}${text.slice(at)}`;
        break;
      default:
        text = text.slice(0, at) + fragment(random) + text.slice(at);
    }
  }
  const bytes = Buffer.from(text);
  if (random.once(60)) bytes[random.below(bytes.length)] = random.below(256);
  if (random.once(200)) return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
  if (random.once(200)) return Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, "utf16le").swap16()]);
  return random.once(60) ? Buffer.concat([Buffer.from("\ufeff"), bytes]) : bytes;
}

/** Mostly where something begins or ends. */
function place(random: Random, text: string): number {
  const at = random.below(text.length + 1);
  if (random.once(3)) return at;
  const found = text.slice(at).search(/[\n:,\-{}[\]"'&*]/);
  return found < 0 ? at : Math.min(text.length, at + found + random.below(2));
}

function soup(random: Random): string {
  let text = random.once(3) ? "a: &x {b: 1, c: 2}\nd: &y [e]\n" : "";
  for (let left = 1 + random.below(12); left > 0; left--) {
    text += fragment(random);
    if (random.once(2)) text += random.pick(["\n", "\n", "\n  ", "\n    ", "\n- ", " ", ": ", "", "\n\n"]);
  }
  return text;
}

/** A tree in whatever styles there are. */
function grown(random: Random): string {
  const start = random.pick(["", "", "---\n", "# c\n", "a: &x {b: 1, <<: {c: 2}}\nd: &y\n  e: f\n"]);
  return `${start}${mapping(random, "", 0)}${random.once(8) ? "...\n" : ""}`;
}

function mapping(random: Random, indent: string, depth: number): string {
  let text = "";
  for (let left = 1 + random.below(4); left > 0; left--) {
    if (random.once(6)) {
      text += explicitEntry(random, indent, depth);
      continue;
    }
    const key = random.pick([
      "a",
      "b",
      "c",
      "kind",
      '"k"',
      "'l'",
      "m n",
      "<<",
      "1",
      "yes",
      "? o",
      "&x p",
      "!!str q",
      fragment(random),
    ]);
    text += `${indent}${key.startsWith("? ") ? `${key}\n${indent}:` : `${key}:`}${inner(random, indent, depth)}`;
  }
  return text;
}

/** `? key`, with or without its value. */
function explicitEntry(random: Random, indent: string, depth: number): string {
  const key = random.pick([
    ...[
      "a",
      "b",
      "kind",
      '"k"',
      "'l'",
      "m n",
      "1",
      "yes",
      "~",
      "<<",
      '"<<"',
      "a # c",
      '"k" # c',
      "k#",
      "-a",
      "?a",
      ":a",
    ],
    ...["- a", "{a: b}", "[a]", "a: b", "a:", "? a", "&x a", "*x", "!!str a", "", "# c", "a\tb", '"k"\t', '"k" a'],
    ...[`\n${indent}  a`, `|\n${indent}  a`, ">-", "|", `a\n${indent}  b`, `"a\n${indent} b"`, `a\n\n${indent} # c`],
    "a".repeat(random.pick([1_023, 1_024, 1_025, 2_000])),
    fragment(random),
  ]);
  const behind = random.pick([
    "",
    `${indent}:${inner(random, indent, depth)}`,
    `${indent}:${inner(random, indent, depth)}`,
    `${indent}: ${scalar(random, `${indent} `)}\n`,
    `${indent}: - a\n${indent}  - b\n`,
    `${indent}: a: b\n${indent}  c: d\n`,
    `${indent}:\n${indent}- a\n`,
    `${indent}: ? a\n${indent}  : b\n`,
    `${indent}: # c\n${indent}  a: b\n`,
    `\n${indent}# c\n${indent}: b\n`,
    `${indent}:\n`,
    `${indent}:a\n`,
    `${indent}:\ta\n`,
    `${indent} : a\n`,
  ]);
  return `${indent}?${random.once(12) ? random.pick(["", "\t", "  "]) : " "}${key}\n${behind}`;
}

function inner(random: Random, indent: string, depth: number): string {
  const deeper = indent + random.pick([" ", "  ", "  ", "    "]);
  const kind = depth > 3 ? 9 : random.below(12);
  const properties = random.pick([
    "",
    "",
    "",
    "",
    " &x",
    " &y",
    " !!map",
    " !!seq",
    " # c",
    " !",
    " ! yes",
    " ! 0",
    " !!int 1",
    " &x # c",
  ]);
  if (kind < 2) return `${properties}\n${mapping(random, deeper, depth + 1)}`;
  if (kind < 4) {
    const at = random.once(2) ? indent : deeper;
    const items = Array.from({ length: 1 + random.below(3) }, () => {
      if (random.once(3)) return `${at}- ${mapping(random, `${at}  `, depth + 1).slice(at.length + 2)}`;
      return `${at}-${random.once(4) ? "\n" : ` ${scalar(random, `${at}  `)}\n`}`;
    });
    return `${properties}\n${items.join("")}`;
  }
  if (kind < 5) {
    const body = deeper + random.pick(["x", "x\n\n", `x\n${deeper} y`, `\n${deeper}x`, "# no", `x\n${indent}`, "\tx"]);
    return ` ${random.pick(["|", ">", "|-", ">+", "|2", ">1-", "| # c"])}\n${body}\n`;
  }
  if (kind < 6) return ` ${JSON.stringify(value(random, 2))}\n`;
  if (kind < 7) return ` *${random.pick(["x", "y", "z"])}\n`;
  return ` ${scalar(random, deeper)}\n`;
}

function scalar(random: Random, deeper: string): string {
  const first = fragment(random);
  return random.once(5) ? `${first}\n${random.once(3) ? "\n" : ""}${deeper}${fragment(random)}` : first;
}

function value(random: Random, depth: number): unknown {
  switch (random.below(depth > 3 ? 5 : 8)) {
    case 0:
      return random.pick([0, 1, -1, 1.5, 1e21, 1e-7, 9007199254740991, true, false, null]);
    case 5:
      return Array.from({ length: random.below(4) }, () => value(random, depth + 1));
    case 6:
    case 7:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [
          random.pick(["a", "b", "<<", "kind", fragment(random)]),
          value(random, depth + 1),
        ]),
      );
    default:
      return fragment(random) + (random.once(3) ? fragment(random) : "");
  }
}
