/** What an egress proxy of Debian's Squid lets through. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { cannotRunSquid, squidAnswers } from "./squid-harness.ts";

/** The least that lets two names through: by name only (-n), on the ports of the web. */
const byName = (option: string) => `http_port 3128
acl allowed dstdomain ${option} allowed.example .wide.example
acl tunnel method CONNECT
acl tls port 443
acl web port 80 443
http_access deny tunnel !tls
http_access deny !web
http_access allow allowed
http_access deny all
`;

const hosts = {
  "allowed.example": "203.0.113.10",
  "six.wide.example": "2001:db8::10",
  "deep.six.wide.example": "203.0.113.11",
  "other.example": "203.0.113.20",
  "notallowed.example": "203.0.113.21",
  "allowed.example.other.example": "203.0.113.22",
  "metadata.other.example": "169.254.169.254",
};

suite("an egress proxy", { skip: cannotRunSquid() ?? false }, () => {
  const passing = async (configuration: string, requests: readonly string[]) =>
    (await squidAnswers(configuration, { hosts, requests })).map(
      ({ request, passed, status }) => `${request} ${passed ? "passes" : status}`,
    );
  test("allowed names pass, others and raw addresses do not", async () => {
    const lines = [
      "CONNECT allowed.example:443 passes",
      "GET http://allowed.example/ passes",
      "CONNECT ALLOWED.example:443 passes",
      "CONNECT six.wide.example:443 passes",
      "CONNECT deep.six.wide.example:443 passes",
      "CONNECT other.example:443 403",
      "GET http://other.example/ 403",
      "CONNECT notallowed.example:443 403",
      "CONNECT allowed.example.other.example:443 403",
      "CONNECT 203.0.113.10:443 403",
      "GET http://203.0.113.10/ 403",
      "CONNECT [2001:db8::10]:443 403",
      "CONNECT 169.254.169.254:443 403",
      "GET http://169.254.169.254/ 403",
      "CONNECT allowed.example:22 403",
      "GET http://allowed.example:8080/ 403",
      "CONNECT 3405803786:443 403",
    ];
    const requests = lines.map((line) => line.slice(0, line.lastIndexOf(" ")));
    assert.deepEqual(await passing(byName("-n"), requests), lines);
  });
  test("without -n the name that an address claims lets it through, and that is seen", async () => {
    assert.deepEqual(await passing(byName(""), ["CONNECT 203.0.113.10:443", "CONNECT 203.0.113.20:443"]), [
      "CONNECT 203.0.113.10:443 passes",
      "CONNECT 203.0.113.20:443 403",
    ]);
  });
  test("a configuration that refuses the origin's address is tried as it stands", async () => {
    const refusing = `acl metadata dst 169.254.0.0/16\nhttp_access deny metadata\nhttp_port 127.0.0.1:3129\nhttp_access allow all\n`;
    assert.deepEqual(await passing(refusing, ["GET http://metadata.other.example/", "GET http://other.example/"]), [
      "GET http://metadata.other.example/ 403",
      "GET http://other.example/ passes",
    ]);
  });
  test("what Squid does not read is an error that says why", async () => {
    await assert.rejects(squidAnswers("http_access allow nobody\n", { hosts, requests: [] }), /ACL not found: nobody/);
  });
});
