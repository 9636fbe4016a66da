import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PackageURL } from "packageurl-js";
import { runs } from "../../core/runs.fixture.ts";
import { parsePurl } from "./purl-parse.ts";

function partsOf(text: string) {
  const parsed = parsePurl(text);
  if ("fault" in parsed) return parsed.fault;
  const { type, namespace, name, version, qualifiers, subpath } = parsed;
  return [type, namespace.join("/"), name, version ?? "", Object.fromEntries(qualifiers), subpath.join("/")];
}

describe("package-url, parsed", () => {
  const cases: readonly (readonly [string, ReturnType<typeof partsOf>])[] = [
    ["pkg:apk/alpine/curl@7.83.0-r0?arch=x86", ["apk", "alpine", "curl", "7.83.0-r0", { arch: "x86" }, ""]],
    ["pkg:npm/%40angular/animation@12.3.1", ["npm", "@angular", "animation", "12.3.1", {}, ""]],
    ["pkg:npm/@angular/animation@12.3.1", ["npm", "@angular", "animation", "12.3.1", {}, ""]],
    ["pkg:npm/@angular/animation", ["npm", "@angular", "animation", "", {}, ""]],
    ["pkg:npm/%40angular%2Fanimation@12.3.1", ["npm", "", "@angular/animation", "12.3.1", {}, ""]],
    [
      "pkg:golang/google.golang.org/genproto#googleapis/api",
      ["golang", "google.golang.org", "genproto", "", {}, "googleapis/api"],
    ],
    [
      "PKG://Maven//org.apache/./xml@1?Type=zip&Empty=#/a/../b//",
      ["maven", "org.apache/.", "xml", "1", { type: "zip" }, "a/b"],
    ],
    ["pkg:deb/debian/attr@1:2.4.47-2?arch=source", ["deb", "debian", "attr", "1:2.4.47-2", { arch: "source" }, ""]],
  ];
  for (const [text, parts] of cases) test(text, () => assert.deepEqual(partsOf(text), parts));

  test("what is none says why", () => {
    const faults = [
      ["", /begin with pkg:/],
      ["npm/a@1", /begin with pkg:/],
      ["pkg:npm", /no name/],
      ["pkg:npm/", /no name/],
      ["pkg:/a@1", /no name/],
      ["pkg:n%20m/a@1", /no type/],
      ["pkg:1npm/a@1", /no type/],
      ["pkg:apk/alpine/@1.2", /no name before its version/],
      ["pkg:apk/@1.2", /no name before its version/],
      ["pkg:npm/a@%E0%A4%A", /version .* percent/],
      ["pkg:npm/%zz@1", /name .* percent/],
      ["pkg:npm/a@1?b", /without an equals sign/],
      ["pkg:npm/a@1?b=1&b=2", /twice/],
      ["pkg:npm/a@1?=2", /key/],
      [`pkg:npm/${"a".repeat(10_000)}`, /characters/],
    ] as const;
    for (const [text, fault] of faults) {
      const parsed = parsePurl(text);
      assert.ok("fault" in parsed, text);
      assert.match(parsed.fault, fault);
    }
  });

  const segment = fc.string({ unit: fc.constantFrom(..."abZ09._-~+@%?#&=: ä漢"), minLength: 1, maxLength: 8 });

  /** packageurl-js decodes qualifiers twice. */
  const plain = fc.string({ unit: fc.constantFrom(..."abZ09._-~@: ä漢"), minLength: 1, maxLength: 8 });

  test("what packageurl-js writes is read as it reads it", () => {
    const types = fc.constantFrom("generic", "cargo", "gem", "deb", "npm");
    fc.assert(
      fc.property(
        types,
        fc.array(segment, { maxLength: 2 }),
        segment,
        segment,
        plain,
        (type, above, name, version, arch) => {
          const space = above.filter((each) => each !== "." && each !== "..");
          let text: string;
          try {
            text = new PackageURL(type, space.join("/") || null, name, version, { arch }, "a/b").toString();
          } catch {
            return;
          }
          const reference = PackageURL.fromString(text);
          assert.deepEqual(partsOf(text), [
            ...[reference.type, reference.namespace ?? "", reference.name, reference.version ?? ""],
            ...[{ ...reference.qualifiers }, reference.subpath ?? ""],
          ]);
        },
      ),
      runs(300),
    );
  });

  test("any text at all is a package-url or has a fault", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."pkg:npm/@?#&=%2Fä \0"), maxLength: 40 }), (text) => {
        const parsed = parsePurl(`pkg:${text}`);
        assert.ok("fault" in parsed ? parsed.fault.length > 0 : parsed.name.length > 0);
      }),
    );
  });
});
