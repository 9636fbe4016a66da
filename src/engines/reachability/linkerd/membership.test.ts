import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, deployment, find, namespace, networkOf } from "../mesh/network.fixture.ts";
import { config, DEFAULT, type Spec } from "./cluster.fixture.ts";

describe("membership of Linkerd's mesh", () => {
  const injector: Spec = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "linkerd-proxy-injector-webhook-config" },
    webhooks: [
      {
        name: "linkerd-proxy-injector.linkerd.io",
        namespaceSelector: {
          matchExpressions: [{ key: "config.linkerd.io/admission-webhooks", operator: "NotIn", values: ["disabled"] }],
        },
      },
    ],
  };
  const of = (
    ofNamespace: Record<string, string>,
    options: Parameters<typeof deployment>[1] = {},
    more: readonly Spec[] = [injector],
  ) => {
    const network = networkOf([...more, namespace("shop", {}, ofNamespace), deployment("shop/web", options)]);
    const found = network.mesh?.workloads[find(network, "shop/web")];
    return `${found?.mesh} ${found?.certainty}`;
  };
  const inject = "linkerd.io/inject";

  test("by the annotation of pod or namespace", () => {
    assert.equal(of({ [inject]: "enabled" }), "linkerd expected");
    assert.equal(of({ [inject]: "ingress" }), "linkerd expected");
    assert.equal(of({}, { annotations: { [inject]: "enabled" } }), "linkerd expected");
    assert.equal(of({ [inject]: "enabled" }, { annotations: { [inject]: "disabled" } }), "none expected");
    assert.equal(of({ [inject]: "disabled" }, { annotations: { [inject]: "enabled" } }), "linkerd expected");
    assert.equal(of({ [inject]: "yes" }), "none expected");
    assert.equal(of({}), "none expected");
    assert.equal(of({ [inject]: "enabled" }, { spec: { hostNetwork: true } }), "none expected");
  });

  test("without an injector it is a label only", () => {
    assert.equal(of({ [inject]: "enabled" }, {}, []), "linkerd labelled");
    const network = networkOf([
      config(),
      namespace("shop", {}, { [inject]: "enabled", [DEFAULT]: "deny" }),
      namespace("other"),
      deployment("shop/api"),
      deployment("other/plain"),
    ]);
    assert.equal(ask(network, "other/plain", "shop/api"), "unknown");
  });

  test("a proxy in the pod is seen", () => {
    assert.equal(of({}, { proxy: "linkerd-proxy" }, []), "linkerd seen");
  });
});
