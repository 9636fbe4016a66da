import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { parseChallenges } from "./challenge.ts";

function plain(text: string): unknown {
  return parseChallenges(text)?.map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe("parseChallenges", () => {
  it("reads docker's bearer challenge", () => {
    assert.deepEqual(
      plain('Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"'),
      [
        [
          "bearer",
          { realm: "https://auth.example/token", service: "registry.example", scope: "repository:a/b:pull,push" },
        ],
      ],
    );
  });

  it("reads several challenges, the example of RFC 9110 among them", () => {
    assert.deepEqual(plain('Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'), [
      ["basic", { realm: "simple" }],
      ["newauth", { realm: "apps", type: "1", title: 'Login to "apps"' }],
    ]);
  });

  it("reads schemes alone, token68 and blanks around everything", () => {
    assert.deepEqual(plain("Negotiate"), [["negotiate", {}]]);
    assert.deepEqual(plain("Negotiate YWJj==, Basic realm = a ,, ,NTLM"), [
      ["negotiate", {}],
      ["basic", { realm: "a" }],
      ["ntlm", {}],
    ]);
    assert.deepEqual(plain(""), []);
  });

  it("keeps the first of a repeated parameter", () => {
    assert.deepEqual(plain('Bearer realm="a", REALM="b"'), [["bearer", { realm: "a" }]]);
  });

  for (const text of [
    'Bearer realm="open',

    '"a"',
    "Bearer=",
    "Bearer a=b c=d",
    'Bearer "x"',
    "a\0b",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseChallenges(text), undefined));
  }

  it("reads what it is given by the grammar", () => {
    const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,8}$/);
    const challenges = fc.array(fc.tuple(token, fc.dictionary(token, fc.string(), { minKeys: 1, maxKeys: 3 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(challenges, (list) => {
        const text = list
          .map(([scheme, parameters]) => {
            const pairs = Object.entries(parameters);
            return `${scheme} ${pairs.map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, "\\$&")}"`).join(", ")}`;
          })
          .join(", ");
        const expected = list.map(([scheme, parameters]) => {
          const first = new Map<string, string>();
          for (const [name, value] of Object.entries(parameters)) {
            if (!first.has(name.toLowerCase())) first.set(name.toLowerCase(), value);
          }
          return { scheme: scheme.toLowerCase(), parameters: first };
        });
        assert.deepEqual(parseChallenges(text), expected);
      }),
      runs(500),
    );
  });

  it("never throws, and never loses itself in long nonsense", () => {
    const piece = fc.constantFrom('"', "\\", ",", "=", " ", "a", "Bearer ", 'realm="', "==", "é");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        parseChallenges(pieces.join(""));
      }),
      runs(2_000),
    );
    for (const unit of ["a ", 'a="', "a,", ", ", '\\"', "a=b,", 'a b="c",', "= "])
      parseChallenges(unit.repeat(200_000));
  });
});
