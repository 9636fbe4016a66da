/** From when the data of a cluster's Secrets is known to be, by the answers of an API server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { groupList, listAt } from "./lists.fixture.ts";
import { readCluster } from "./read.ts";

const TIME = "2026-01-01T00:00:00Z";

function row(name: string, keys: number, managedFields: readonly object[]) {
  return {
    cells: [name, "Opaque", keys, "9d"],
    object: { kind: "PartialObjectMetadata", metadata: { namespace: "shop", name, managedFields } },
  };
}

const written = (time: string | undefined, ...keys: string[]) => ({
  operation: "Update",
  ...(time === undefined ? {} : { time }),
  fieldsV1: { "f:data": Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
});

const table = {
  apiVersion: "meta.k8s.io/v1",
  kind: "Table",
  columnDefinitions: [{ name: "Name" }, { name: "Type" }, { name: "Data" }, { name: "Age" }],
  rows: [
    row("known", 2, [written(TIME, "a"), written("2025-06-01T00:00:00Z", "b")]),
    row("half-known", 3, [written(TIME, "a")]),
    row("undated", 2, [written(TIME, "a"), written(undefined, "b")]),
    row("stripped", 1, []),
  ],
};

async function read(gitVersion: string) {
  const answers: Readonly<Record<string, object>> = {
    "/version": { gitVersion },
    "/apis": groupList,
    "/api/v1/secrets": table,
    "/apis/external-secrets.io/v1/externalsecrets": {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecretList",
      items: [{ metadata: { namespace: "shop", name: "known" }, spec: { secretStoreRef: { name: "prod" } } }],
    },
  };
  const server = createServer(({ url = "" }, response) => {
    const answer = answers[url.split("?")[0] ?? ""];
    response.writeHead(200).end(JSON.stringify(answer ?? listAt(url)));
  }).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    return await readCluster({
      name: "test",
      server: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      unverified: false,
      impersonation: {},
      identify: async () => ({}),
    });
  } finally {
    server.close();
  }
}

test("the latest change of those who wrote the data, where they are all known", async () => {
  const { manifests } = await read("v1.31.2");
  assert.deepEqual(
    manifests.secrets.map(({ object, lastDataChange }) => [object.name, lastDataChange]),
    [
      ["known", TIME],
      ["half-known", undefined],
      ["undated", undefined],
      ["stripped", undefined],
    ],
  );
  assert.deepEqual(
    manifests.gaps.map(({ object, code }) => [object?.name, code]),
    [
      ["half-known", "kubernetes.secret-keys"],
      ["stripped", "kubernetes.secret-keys"],
    ],
  );
  assert.deepEqual(
    manifests.externalSecrets.map(({ targets, store }) => [targets, store]),
    [[["known"], "SecretStore/prod"]],
  );
});

test("a server that does not note changes of values tells no age", async () => {
  const { manifests } = await read("v1.24.17");
  assert.deepEqual(new Set(manifests.secrets.map(({ lastDataChange }) => lastDataChange)), new Set([undefined]));
});
