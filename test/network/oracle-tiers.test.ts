/** The oracle's tiers against cases written by hand, each named by the sentence of the API's types that it stands for. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  adminPolicy,
  baselinePolicy,
  clusterPolicy,
  container,
  namespace,
  networkPolicy,
  pod,
} from "./made-objects.ts";
import { type Connection, oracle } from "./oracle.ts";
import type { KubernetesObject } from "./oracle-objects.ts";
import { outcomes } from "./oracle-questions.ts";

const pods = [
  namespace("shop", { team: "a" }),
  pod("shop/web", { labels: { app: "web" }, ip: "10.244.0.1", containers: [container("http:80")] }),
  pod("shop/api", { labels: { app: "api" }, ip: "10.244.0.2", containers: [container("http:81", "dns:53/UDP")] }),
];
const web = { from: { pod: "shop/web" }, to: { pod: "shop/api" }, protocol: "TCP", port: 80 } as const;
const verdict = (policies: readonly KubernetesObject[], changes: Partial<Connection> = {}) =>
  oracle([...pods, ...policies])({ ...web, ...changes });

const everyone = [{ namespaces: {} }];
const from = (action: string, more = {}) => ({ action, from: everyone, ...more });
const to = (action: string, more = {}) => ({ action, to: everyone, ...more });
const isolated = networkPolicy("shop", {});
const open = networkPolicy("shop", { ingress: [{}] });

suite("ClusterNetworkPolicy: tiers", () => {
  const admin = (action: string) => clusterPolicy("Admin", 1, { ingress: [from(action)] });
  const baseline = (action: string) => clusterPolicy("Baseline", 1, { ingress: [from(action)] });
  test("it isolates nobody by itself", () =>
    assert.equal(verdict([clusterPolicy("Admin", 1, { ingress: [{ action: "Accept", from: [] }] })]), "allow"));
  test("an Admin Accept is final for ingress, whatever NetworkPolicies say", () =>
    assert.equal(verdict([admin("Accept"), isolated]), "allow"));
  test("an Admin Deny is final, whatever NetworkPolicies say", () =>
    assert.equal(verdict([admin("Deny"), open]), "deny"));
  test("an Admin Pass leaves it to NetworkPolicies", () => {
    assert.equal(verdict([admin("Pass"), isolated]), "deny");
    assert.equal(verdict([admin("Pass"), open, baseline("Deny")]), "allow");
  });
  test("NetworkPolicies decide finally for each pod they select", () => {
    assert.equal(verdict([isolated, baseline("Accept")]), "deny");
    assert.equal(verdict([open, baseline("Deny")]), "allow");
  });
  test("the Baseline decides for the others, and what it passes is allowed", () => {
    assert.equal(verdict([baseline("Deny")]), "deny");
    assert.equal(verdict([admin("Pass"), baseline("Deny")]), "deny");
    assert.equal(verdict([baseline("Pass")]), "allow");
  });
  test("an Accept of egress leaves the ingress rules of the destination", () =>
    assert.equal(verdict([clusterPolicy("Admin", 1, { egress: [to("Accept")] }), isolated]), "deny"));
  test("a policy without rules of a direction leaves that direction", () =>
    assert.equal(verdict([clusterPolicy("Admin", 1, { ingress: [], egress: [] })]), "allow"));
  test("the lower priority value goes first", () =>
    assert.equal(
      verdict([
        clusterPolicy("Admin", 20, { ingress: [from("Deny")] }),
        clusterPolicy("Admin", 10, { ingress: [from("Accept")] }),
      ]),
      "allow",
    ));
  test("rules of one policy go in the order written", () =>
    assert.equal(verdict([clusterPolicy("Admin", 1, { ingress: [from("Pass"), from("Deny")] })]), "allow"));
  test("of equal priorities that match, any may be applied", () => {
    const two = (one: string, other: string) => [
      clusterPolicy("Admin", 5, { ingress: [from(one)] }),
      clusterPolicy("Admin", 5, { ingress: [from(other)] }),
    ];
    assert.equal(verdict(two("Accept", "Deny")), "unknown");
    assert.equal(verdict(two("Deny", "Deny")), "deny");
    assert.equal(verdict([...two("Accept", "Pass"), open]), "allow");
    assert.equal(verdict([...two("Accept", "Pass"), isolated]), "unknown");
  });
  test("what is open in one tier is open apart from the other", () => {
    const two = (tier: "Admin" | "Baseline", one: string, other: string) => [
      clusterPolicy(tier, 5, { ingress: [from(one)] }),
      clusterPolicy(tier, 5, { ingress: [from(other)] }),
    ];
    assert.equal(verdict([...two("Admin", "Deny", "Pass"), ...two("Baseline", "Accept", "Deny")]), "unknown");
    assert.equal(verdict([...two("Admin", "Pass", "Deny"), ...two("Baseline", "Accept", "Pass")]), "unknown");
    assert.equal(verdict([...two("Admin", "Pass", "Accept"), ...two("Baseline", "Accept", "Pass")]), "allow");
    assert.equal(verdict([...two("Admin", "Accept", "Pass"), ...two("Baseline", "Accept", "Deny")]), "unknown");
  });
  test("an earlier priority that matches settles what equal later ones leave open", () =>
    assert.equal(
      verdict([
        clusterPolicy("Admin", 4, { ingress: [from("Accept")] }),
        clusterPolicy("Admin", 5, { ingress: [from("Accept")] }),
        clusterPolicy("Admin", 5, { ingress: [from("Deny")] }),
      ]),
      "allow",
    ));
  test("a pod's traffic to itself is not subject to it", () =>
    assert.equal(verdict([admin("Deny")], { to: { pod: "shop/web" } }), "allow"));
});

suite("ClusterNetworkPolicy: subjects, peers and protocols", () => {
  const deny = (more: Record<string, unknown>) => [clusterPolicy("Admin", 1, { ingress: [from("Deny", more)] })];
  test("a subject of pods needs the namespace's labels and the pod's", () => {
    const subject = (namespaceSelector: unknown, podSelector: unknown) => [
      clusterPolicy("Admin", 1, { subject: { pods: { namespaceSelector, podSelector } }, ingress: [from("Deny")] }),
    ];
    assert.equal(verdict(subject({}, { matchLabels: { app: "api" } })), "deny");
    assert.equal(verdict(subject({}, { matchLabels: { app: "web" } })), "allow");
    assert.equal(verdict(subject({ matchLabels: { team: "b" } }, {})), "allow");
  });
  test("a peer of namespaces does not match addresses outside", () =>
    assert.equal(verdict(deny({}), { from: { address: "192.0.2.1" } }), "allow"));
  test("networks match pods too, without any CNI known", () => {
    const networks = (...cidrs: readonly string[]) => [
      clusterPolicy("Admin", 1, { egress: [{ action: "Deny", to: [{ networks: cidrs }] }] }),
    ];
    assert.equal(verdict(networks("0.0.0.0/0")), "deny");
    assert.equal(verdict(networks("192.0.2.0/24", "10.244.0.2/32")), "deny");
    assert.equal(verdict(networks("10.244.0.1/32")), "allow");
    assert.equal(verdict(networks("::/0")), "allow");
  });
  test("without protocols a rule is about ICMP too; with any it is not", () => {
    const ping = { protocol: "ICMP" } as const;
    assert.equal(verdict(deny({}), ping), "deny");
    assert.equal(verdict(deny({ protocols: [{ tcp: { destinationPort: { number: 80 } } }] }), ping), "allow");
  });
  test("a number, a range with both its ends, and a whole protocol", () => {
    const at = (protocol: unknown, port: number) => verdict(deny({ protocols: [protocol] }), { port });
    assert.equal(at({ tcp: { destinationPort: { number: 80 } } }, 80), "deny");
    assert.equal(at({ tcp: { destinationPort: { number: 80 } } }, 81), "allow");
    const range = { tcp: { destinationPort: { range: { start: 80, end: 82 } } } };
    assert.deepEqual(
      [79, 80, 82, 83].map((port) => at(range, port)),
      ["allow", "deny", "deny", "allow"],
    );
    assert.equal(at({ udp: {} }, 80), "allow");
    assert.equal(at({ tcp: {} }, 9), "deny");
  });
  test("a name of a port stands for the destination's port of that name, on its protocol", () => {
    const name = (destinationNamedPort: string) => deny({ protocols: [{ destinationNamedPort }] });
    assert.equal(verdict(name("http"), { port: 81 }), "deny");
    assert.equal(verdict(name("http"), { port: 80 }), "allow");
    assert.equal(verdict(name("dns"), { protocol: "UDP", port: 53 }), "deny");
    assert.equal(verdict(name("dns"), { port: 53 }), "allow");
  });
  test("a peer of no known field: Accept matches nothing, Deny and Pass deny all", () => {
    const unknown = (action: string) => [
      clusterPolicy("Admin", 1, { ingress: [{ action, from: [...everyone, { later: {} }] }] }),
    ];
    assert.equal(verdict([...unknown("Accept"), isolated]), "deny");
    assert.equal(verdict(unknown("Accept")), "allow");
    assert.equal(verdict([...unknown("Pass"), open]), "deny");
    assert.equal(verdict(unknown("Deny"), { from: { address: "192.0.2.1" }, protocol: "ICMP" }), "deny");
  });
  test("which addresses a domain name has is not known", () => {
    const names = clusterPolicy("Admin", 1, { egress: [{ action: "Accept", to: [{ domainNames: ["example.com"] }] }] });
    const shut = networkPolicy("shop", { policyTypes: ["Egress"] });
    assert.equal(verdict([names, shut], { to: { address: "192.0.2.1" } }), "unknown");
    assert.equal(verdict([names, shut]), "deny");
  });
});

suite("AdminNetworkPolicy and BaselineAdminNetworkPolicy", () => {
  test("Allow, Deny and Pass of the one, before NetworkPolicies", () => {
    const admin = (action: string) => adminPolicy(1, { ingress: [from(action)] });
    assert.equal(verdict([admin("Allow"), isolated]), "allow");
    assert.equal(verdict([admin("Deny"), open]), "deny");
    assert.equal(verdict([admin("Pass"), isolated]), "deny");
  });
  test("the other after them", () => {
    const baseline = baselinePolicy({ ingress: [from("Deny")] });
    assert.equal(verdict([baseline]), "deny");
    assert.equal(verdict([baseline, open]), "allow");
    assert.equal(verdict([baselinePolicy({ ingress: [from("Allow"), from("Deny")] })]), "allow");
  });
  test("a portNumber, a portRange and a namedPort; TCP where none is said", () => {
    const at = (port: unknown, changes: Partial<Connection>) =>
      verdict([adminPolicy(1, { ingress: [from("Deny", { ports: [port] })] })], changes);
    assert.equal(at({ portNumber: { port: 80 } }, { port: 80 }), "deny");
    assert.equal(at({ portNumber: { protocol: "UDP", port: 80 } }, { port: 80 }), "allow");
    assert.equal(at({ portRange: { start: 80, end: 90 } }, { port: 90 }), "deny");
    assert.equal(at({ portRange: { start: 80, end: 90 } }, { port: 91 }), "allow");
    assert.equal(at({ namedPort: "http" }, { port: 81 }), "deny");
  });
  test("it and a ClusterNetworkPolicy of the Baseline are in no order", () => {
    const both = [
      baselinePolicy({ ingress: [from("Deny")] }),
      clusterPolicy("Baseline", 1, { ingress: [from("Accept")] }),
    ];
    assert.equal(verdict(both), "unknown");
  });
});

suite("questions that nobody can answer", () => {
  test("all answers are tried, also of those asked after another's answer", () => {
    const met: string[] = [];
    outcomes(false, (asking) => {
      const first = asking.either("a");
      const rest = first ? asking.one("b", [1, 2, 3]) : asking.either("a");
      met.push(`${first} ${rest}`);
      return true;
    });
    assert.deepEqual(met, ["false false", "true 1", "true 2", "true 3"]);
  });
  test("independent ones may be answered differently", () => {
    const same = (independent: boolean) =>
      outcomes(independent, (asking) => {
        const first = asking.either("a");
        return asking.either("a") === first;
      });
    assert.deepEqual([same(false), same(true)], [new Set([true]), new Set([true, false])]);
  });
  test("too many end as undefined", () => {
    const many = outcomes(true, (asking) => {
      for (let index = 0; index < 20; index++) asking.either("a");
      return true;
    });
    assert.equal(many, undefined);
  });
});
