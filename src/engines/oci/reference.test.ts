import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../core/code-point.fixture.ts";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { formatReference, type ImageReference, parseReference, registryHost, repositoryOf } from "./reference.ts";

const hex = "0123456789abcdef".repeat(4);

function causeOf(text: string): string {
  try {
    parseReference(text);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.kind, "usage");
    assert.equal(error.code, "oci.reference");
    return error.message;
  }
  assert.fail(`"${text}" was accepted`);
}

describe("parseReference", () => {
  const cases: [string, string][] = [
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1.27", "docker.io/library/nginx:1.27"],
    ["docker.io/nginx", "docker.io/library/nginx:latest"],
    ["index.docker.io/nginx", "docker.io/library/nginx:latest"],
    ["Docker.IO/nginx", "docker.io/library/nginx:latest"],
    ["bitnami/nginx", "docker.io/bitnami/nginx:latest"],
    ["localhost/shop", "localhost/shop:latest"],
    ["localhost:5000/shop", "localhost:5000/shop:latest"],
    ["shop:5000/web", "shop:5000/web:latest"],
    ["registry.example/shop/web:v1", "registry.example/shop/web:v1"],
    ["Registry.Example:443/web", "registry.example:443/web:latest"],
    ["Host/web", "Host/web:latest"],
    ["127.0.0.1:5000/a/b/c", "127.0.0.1:5000/a/b/c:latest"],
    ["[::1]:5000/web", "[::1]:5000/web:latest"],
    ["[2001:DB8::1]/web", "[2001:db8::1]/web:latest"],
    ["a/b__c/d.e_f---g", "docker.io/a/b__c/d.e_f---g:latest"],
    ["web:_T.a-g", "docker.io/library/web:_T.a-g"],
    [`web@sha256:${hex}`, `docker.io/library/web@sha256:${hex}`],
    [`web:v1@sha512:${hex}${hex}`, `docker.io/library/web:v1@sha512:${hex}${hex}`],
    [`a.example/${hex}`, `a.example/${hex}:latest`],
    ["xn--n3h.example/web", "xn--n3h.example/web:latest"],
  ];
  for (const [text, full] of cases) {
    it(`reads ${text}`, () => assert.equal(formatReference(parseReference(text)), full));
  }

  const refused: [string, RegExp][] = [
    ["", /empty/],
    ["Nginx", /"Nginx" has upper case/],
    ["a.example/shop/Web:v1", /"Web" has upper case/],
    ["web:", /its tag is empty/],
    [`web:${"a".repeat(129)}`, /tag is longer than 128/],
    ["web:-v1", /"-v1" is not a tag/],
    ["web:a:b", /"a:b" is not a tag/],
    ["web@", /its digest is empty/],
    ["web@sha256:abc", /sha256 digest has 3 hexadecimal digits instead of 64/],
    [`web@sha512:${hex}`, /sha512 digest has 64 hexadecimal digits instead of 128/],
    [`web@sha256:${hex.toUpperCase()}`, /lower case/],
    [`web@md5:${hex}`, /neither sha256: nor sha512:/],
    [`web@sha256:${hex}@sha256:${hex}`, /not hexadecimal digits/],
    [hex, /an image's ID/],
    ["/web", /empty/],
    ["a.example/", /empty/],
    ["a.example//web", /empty/],
    ["a___b", /cannot be a part/],
    ["a..b", /cannot be a part/],
    ["a._b", /cannot be a part/],
    ["-a", /cannot be a part/],
    ["a-", /cannot be a part/],
    [" web", /cannot be a part/],
    ["web\n", /cannot be a part/],
    ["https://a.example/web", /is not a port/],
    ["a.example:70000/web", /"70000" is not a port/],
    ["a.example:0/web", /"0" is not a port/],
    ["-a.example/web", /is not a host name/],
    ["a..example/web", /is not a host name/],
    ["user@a.example/web", /not a digest/],
    ["[::1/web", /not an IPv6 address/],
    ["[::g]:5000/web", /not an IPv6 address/],
    ["[fe80::1%eth0]/web", /not an IPv6 address/],
    ["::1/web", /is not a port/],
    [`a.example/${"a".repeat(246)}`, /name is longer than 255/],
    ["a".repeat(600), /longer than/],
  ];
  for (const [text, cause] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => assert.match(causeOf(text), cause));
  }

  it("takes a name of exactly 255 characters", () => {
    const path = "a".repeat(255 - "a.example/".length);
    assert.equal(parseReference(`a.example/${path}`).path, path);
  });

  it("keeps tag and digest apart", () => {
    const reference: ImageReference = parseReference(`a.example/web:v1@sha256:${hex}`);
    assert.deepEqual({ ...reference }, { domain: "a.example", path: "web", tag: "v1", digest: `sha256:${hex}` });
  });
});

describe("repositoryOf", () => {
  it("has no tag, no digest and no case", () => {
    assert.equal(repositoryOf(parseReference(`nginx:1@sha256:${hex}`)), "docker.io/library/nginx");
    assert.equal(repositoryOf(parseReference("Host/web")), "host/web");
  });
});

describe("registryHost", () => {
  it("is another one for docker.io alone", () => {
    assert.equal(registryHost(parseReference("nginx")), "registry-1.docker.io");
    assert.equal(registryHost(parseReference("[::1]:5000/web")), "[::1]:5000");
  });
});

describe("any text", () => {
  const alphabet = fc.constantFrom(..."aZ09._-:/@[]sha256:% \n", "__", "localhost", "docker.io/", `sha256:${hex}`);
  const nearly = fc.array(alphabet, { maxLength: 30 }).map((parts) => parts.join(""));

  it("is read or refused with a Problem, and what is read survives being written", () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: codePoint })), (text) => {
        let reference: ImageReference;
        try {
          reference = parseReference(text);
        } catch (error) {
          assert.ok(error instanceof Problem);
          return;
        }
        assert.deepEqual(parseReference(formatReference(reference)), reference);
      }),
      runs(3_000),
    );
  });

  it("of the grammar is read", () => {
    const alphanumeric = fc.stringMatching(/^[a-z0-9]{1,4}$/);
    const component = fc
      .tuple(
        alphanumeric,
        fc.array(fc.tuple(fc.constantFrom(".", "_", "__", "-", "--"), alphanumeric), { maxLength: 2 }),
      )
      .map(([first, rest]) => first + rest.flat().join(""));
    const domain = fc.constantFrom(
      "docker.io/",
      "localhost/",
      "a.example/",
      "a.example:5000/",
      "[::1]:1/",
      "10.0.0.1/",
    );
    const tag = fc.option(fc.stringMatching(/^[\w][\w.-]{0,9}$/), { nil: undefined });
    const digest = fc.option(fc.constant(`sha256:${hex}`), { nil: undefined });
    fc.assert(
      fc.property(domain, fc.array(component, { minLength: 1, maxLength: 4 }), tag, digest, (host, parts, t, d) => {
        const text = `${host}${parts.join("/")}${t === undefined ? "" : `:${t}`}${d === undefined ? "" : `@${d}`}`;
        const reference = parseReference(text);
        assert.equal(reference.tag, t ?? (d === undefined ? "latest" : undefined));
        assert.equal(reference.digest, d);
        assert.ok(formatReference(reference).includes(parts.slice(1).join("/")));
      }),
      runs(500),
    );
  });
});
