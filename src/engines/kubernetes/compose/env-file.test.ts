import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { readEnvFile } from "./env-file.ts";

/** Written apart, since it is no template of JavaScript's. */
const variable = (inner: string) => `$${`{${inner}}`}`;

function read(text: string) {
  const variables = readEnvFile(text);
  return variables === "unknown" ? variables : Object.fromEntries(variables);
}

test("lines without quotes are values up to a comment, with what the file sets before", () => {
  const text = [
    "\ufeff# a",
    "A=b",
    "export C = d",
    "export\tD: e",
    '  LIST=["apoc"]',
    "K=",
    "L=m # n",
    "N=m#n",
    "O=# p",
    "",
    "P=p \t\r",
    `Q=${variable("A")}/$C${variable("Z:-z")}`,
    "R=$$A \\n",
    "x.y-z[0]=1",
    "A=last",
  ];
  assert.deepEqual(read(`${text.join("\n")}\n`), {
    A: "last",
    C: "d",
    D: "e",
    LIST: '["apoc"]',
    K: "",
    L: "m",
    N: "m#n",
    O: "# p",
    P: "p",
    Q: "b/dz",
    R: "$A \\n",
    "x.y-z[0]": "1",
  });
});

test("quotes hold lines and signs of comments; in double ones escapes and variables count", () => {
  const text = `A='f # g\n$B \\' \\n' # a comment\nB="h\\n\\"\\\\\\$A\\q" C="${variable("B")}"\nD="\\0101"\n`;
  assert.deepEqual(read(text), {
    A: "f # g\n$B ' \\n",
    B: 'h\n"\\$A\\q',
    C: 'h\n"\\$A\\q',
    D: undefined,
  });
});

test("what the environment may set is not certain", () => {
  assert.deepEqual(read(`A=$Z\nB\nC=${variable("B:-x")}\nD=$A`), {
    A: undefined,
    B: undefined,
    C: undefined,
    D: undefined,
  });
});

test("of what Compose refuses nothing is known", () => {
  for (const text of ["A='b\nc", 'A="b', "A B=c", "A", "=a", "A+=b", `A=${"$"}{`, "A=1\n- b=2", "'A'=b"]) {
    assert.equal(readEnvFile(text), "unknown", text);
  }
});

test("any text is read or refused, and plain values are what they are", () => {
  const sign = fc.constantFrom(
    "A",
    "=",
    ":",
    "'",
    '"',
    "\\",
    "$",
    "{",
    "}",
    "#",
    " ",
    "\n",
    "\r",
    "export ",
    "\u00a0",
    "é",
  );
  fc.assert(
    fc.property(
      fc.array(sign, { maxLength: 40 }),
      fc.stringMatching(/^[A-Za-z0-9 ,:[\]"'/=-]{0,20}$/),
      (signs, value) => {
        const before = signs.join("");
        readEnvFile(before);
        const plain = value.trim().replace(/^["'\s]+/, "");
        assert.deepEqual(read(`A=${plain}\n`), { A: plain.trim() });
      },
    ),
    runs(1_000),
  );
});
