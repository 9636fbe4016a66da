/** What the conformance suite `network` compares by: a difference that it overlooks would hide a wrong verdict. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { differences } from "../conformance/network/compare.ts";
import { formatPorts, noConnections, portsOf } from "../conformance/network/connections.ts";
import { parseExpected } from "../conformance/network/expected.ts";
import { explainsLine, readExplanations, supposing } from "../conformance/network/explained.ts";

function compared(expected: string, found: string): string[] {
  return differences(parseExpected(expected).connections, parseExpected(found).connections);
}

describe("connections of netpol-analyzer", () => {
  test("ports of several protocols and ranges", () => {
    const { within } = parseExpected("a/x[Pod] => a/y[Pod] : SCTP 1-5,7,TCP 80,UDP 1-65535\n").connections;
    assert.equal(formatPorts(within.get("a/x[Pod]")?.get("a/y[Pod]")?.allowed ?? []), "SCTP 1-5,7,TCP 80,UDP 1-65535");
    assert.throws(() => parseExpected("a/x[Pod] -> a/y[Pod]"), /no connection/);
    assert.throws(() => parseExpected("a/x[Pod] => a/y[Pod] : ICMP 8"), /no ports/);
  });

  test("every port of all three protocols is all connections, and ICMP is none of them", () => {
    const every = ["TCP", "UDP", "SCTP"].map((protocol) => ({ protocol, first: 0, last: 65_535 }));
    assert.equal(formatPorts(portsOf(every)), "All Connections");
    assert.equal(formatPorts(portsOf([{ protocol: "ICMP", first: 0, last: 255 }])), "none");
  });

  test("sections of primary networks are one with the pod network, secondary ones are not read", () => {
    const text = `Permitted connectivity analyzed in Pod network:
a/x[Pod] => a/y[Pod] : TCP 80

Permitted connectivity analyzed in primary UDN green:
green[udn]/x[Pod] => green[udn]/y[Pod] : TCP 81

Permitted connectivity analyzed in secondary NAD lan:
a/x[Pod] => green/y[Pod] : All Connections

Workload-to-Networks Mapping:
a/x[Pod]: 
	Primary Network: pod-network
`;
    const { connections, secondary } = parseExpected(text);
    assert.deepEqual([...connections.within.keys()], ["a/x[Pod]", "green/x[Pod]"]);
    assert.deepEqual(secondary, ["secondary NAD lan"]);
  });
});

describe("the comparison", () => {
  test("ranges that are cut otherwise are equal", () => {
    const whole = "0.0.0.0-255.255.255.255[External] => a/x[Pod] : TCP 80\n";
    const cut =
      "0.0.0.0-9.255.255.255[External] => a/x[Pod] : TCP 80\n10.0.0.0-255.255.255.255[External] => a/x[Pod] : TCP 80\n";
    assert.deepEqual(compared(whole, cut), []);
    assert.deepEqual(compared(cut, whole), []);
  });

  test("one address more or less is a difference, and so is one port", () => {
    const line = (range: string, ports: string) => `a/x[Pod] => ${range}[External] : ${ports}\n`;
    assert.deepEqual(compared(line("10.0.0.0-10.0.0.255", "TCP 80"), line("10.0.0.0-10.0.0.254", "TCP 80")), [
      "a/x[Pod] => 10.0.0.255 : expected TCP 80, found none",
    ]);
    assert.deepEqual(compared(line("10.0.0.0-10.0.0.255", "TCP 80"), line("10.0.0.0-10.0.0.255", "TCP 80-81")), [
      "a/x[Pod] => 10.0.0.0-10.0.0.255 : expected TCP 80, found TCP 80-81",
    ]);
  });

  test("a connection that only one side names, in either direction; to oneself is none", () => {
    assert.deepEqual(
      compared("a/x[Pod] => a/y[Pod] : TCP 80\n", "a/y[Pod] => a/x[Pod] : TCP 80\na/x[Pod] => a/x[Pod] : TCP 1\n"),
      ["a/x[Pod] => a/y[Pod] : expected TCP 80, found none", "a/y[Pod] => a/x[Pod] : expected none, found TCP 80"],
    );
  });

  test("what is unknown equals nothing", () => {
    const expected = parseExpected("a/x[Pod] => a/y[Pod] : TCP 80\n").connections;
    const found = noConnections();
    const ports = portsOf([{ protocol: "TCP", first: 80, last: 80 }]);
    found.within.set(
      "a/x[Pod]",
      new Map([["a/y[Pod]", { allowed: ports, unknown: portsOf([{ protocol: "UDP", first: 1, last: 1 }]) }]]),
    );
    assert.deepEqual(differences(expected, found), [
      "a/x[Pod] => a/y[Pod] : expected TCP 80, found TCP 80, unknown UDP 1",
    ]);
  });
});

describe("the table of differences", () => {
  test("each names a sentence and where it is from, and takes no line beside its pattern", () => {
    for (const { sample, line, why, source } of readExplanations()) {
      assert.ok(why.length > 40 && source.startsWith("https://"), `${sample} ${line}`);
    }
    const one = { sample: "s", line: "a/x[Pod] => *", why: "", source: "" };
    assert.equal(explainsLine(one, "a/x[Pod] => b"), true);
    assert.equal(explainsLine(one, "a/xP => b"), false);
    assert.equal(explainsLine(one, "b a/x[Pod] => b"), false);
  });

  test("whatever takes all lines of a sample must be equal under its supposition", () => {
    for (const { line, suppose, sample } of readExplanations())
      assert.ok(line !== "*" || suppose !== undefined, sample);
  });

  test("a supposition changes what it says and nothing else", () => {
    const text = "hostNetwork: true\nhostPID: true\n";
    assert.equal(supposing(text, ["no pod is on its node's network"]), "hostNetwork: false\nhostPID: true\n");
    assert.equal(supposing(text, ["no pod is on a second network"]), text);
  });
});
