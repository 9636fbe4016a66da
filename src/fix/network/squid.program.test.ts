import assert from "node:assert/strict";
import { test } from "node:test";
import { cannotRunSquid, squidAnswers } from "../../../test/network/squid-harness.ts";
import { squidConfiguration } from "./squid.ts";

const text = squidConfiguration([
  {
    port: 3128,
    rules: [
      { host: "allowed.example", port: 443 },
      { host: "*.wide.example", port: 443 },
      { host: "plain.example", port: 80 },
      { host: "rebound.example", port: 443 },
    ],
    users: ["shop/api"],
  },
  { port: 3129, rules: [{ host: "other.example", port: 443 }], users: ["shop/web", "shop/worker"] },
]);

test("each list has a port of its own, and what is on none is denied at the end", () => {
  const access = text.split("\n").filter((line) => line.startsWith("http_access"));
  assert.equal(access.at(-1), "http_access deny all");
  assert.ok(
    access
      .slice(0, -1)
      .every((line) => /^http_access allow list\d+ (?:plain|tunnel) list\d+_port\d+ \S+ !never$/.test(line)),
  );
  assert.match(text, /http_port 3129 name=list3129\nacl list3129 myportname list3129/);
});

test("Squid lets through the names of the list on their ports, and nothing else", {
  skip: cannotRunSquid() ?? false,
}, async () => {
  const hosts = {
    "allowed.example": "203.0.113.10",
    "a.wide.example": "203.0.113.11",
    "b.a.wide.example": "2001:db8::11",
    "wide.example": "203.0.113.12",
    "notwide.example": "203.0.113.13",
    "plain.example": "203.0.113.14",
    "other.example": "203.0.113.15",
    "allowed.example.evil.example": "203.0.113.16",
    "rebound.example": "169.254.169.254",
  };
  const lines = [
    "CONNECT allowed.example:443 passes",
    "CONNECT ALLOWED.example:443 passes",
    "CONNECT a.wide.example:443 passes",
    "CONNECT b.a.wide.example:443 passes",
    "GET http://plain.example/ passes",
    "CONNECT wide.example:443 403",
    "CONNECT notwide.example:443 403",
    "CONNECT other.example:443 403",
    "CONNECT allowed.example.evil.example:443 403",
    "CONNECT allowed.example:80 403",
    "GET http://allowed.example/ 403",
    "GET http://allowed.example:443/ 403",
    "CONNECT plain.example:443 403",
    "CONNECT rebound.example:443 403",
    "CONNECT 203.0.113.10:443 403",
    "CONNECT [2001:db8::11]:443 403",
    "CONNECT 169.254.169.254:443 403",
    "GET http://203.0.113.14/ 403",
    "CONNECT 3405803786:443 403",
  ];
  const requests = lines.map((line) => line.slice(0, line.lastIndexOf(" ")));
  const answers = await squidAnswers(text, { hosts, requests });
  assert.deepEqual(
    answers.map(({ request, passed, status }) => `${request} ${passed ? "passes" : status}`),
    lines,
  );
});
