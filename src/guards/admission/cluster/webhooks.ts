/**
 * What the API server trusts of our own webhooks (admissionregistration.k8s.io/v1, `clientConfig.caBundle`): read, and kept
 * right. Nothing else of a webhook configuration is ever written, and no webhook but the ones that are named.
 */
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { ClusterApi, Plain } from "../../../engines/kubernetes/cluster/client.ts";
import {
  type JsonPatchStep,
  type NamedPlace,
  patchObject,
  refusedReply,
} from "../../../engines/kubernetes/cluster/writes.ts";
import { answered } from "./memory.ts";

export interface OwnWebhooks {
  readonly kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration";
  /** Of the configuration. */
  readonly name: string;
  /** Of its webhooks, those that are ours. */
  readonly webhooks: readonly string[];
}

export interface TrustedWebhook {
  readonly kind: OwnWebhooks["kind"];
  readonly configuration: string;
  readonly webhook: string;
  /** In PEM; empty where none is set, and the system's authorities count. */
  readonly bundle: string;
}

export interface WebhookTrust {
  /**
   * Each of our webhooks that is there. A Problem where a configuration could not be read, is not there, or lacks one of
   * them: what is not registered enforces nothing.
   */
  read(): Promise<readonly TrustedWebhook[] | Problem>;
  /**
   * Has all of them trust the bundle; those that do already are left alone.
   *
   * @param bundle - certificates in PEM
   * @returns how many were changed, or why one could not be
   */
  keep(bundle: string): Promise<number | Problem>;
}

const GROUP = "admissionregistration.k8s.io";

/** Somebody may change a configuration between our look and our patch. */
const TRIES = 4;

export function createWebhookTrust(api: ClusterApi, own: readonly OwnWebhooks[]): WebhookTrust {
  return {
    read: () =>
      answered(GROUP, async () => {
        const all = await Promise.all(own.map((each) => readOne(api, each)));
        return all.flatMap(({ found }, at) =>
          found.map(({ name, bundle }) => trusted(own[at] as OwnWebhooks, name, bundle)),
        );
      }),
    keep: (bundle) =>
      answered(GROUP, async () => {
        const changed = await Promise.all(own.map((each) => keepOne(api, each, bundle)));
        return changed.reduce((sum, one) => sum + one, 0);
      }),
  };
}

function trusted({ kind, name }: OwnWebhooks, webhook: string, bundle: string): TrustedWebhook {
  return { kind, configuration: name, webhook, bundle };
}

interface FoundWebhook {
  readonly name: string;
  /** Among the webhooks of the configuration. */
  readonly index: number;
  readonly bundle: string;
}

/** @throws Problem */
async function readOne(api: ClusterApi, own: OwnWebhooks): Promise<{ readonly found: readonly FoundWebhook[] }> {
  const what = `${own.kind} ${own.name}`;
  const path = `/apis/${GROUP}/v1/${resourceOf(own)}/${encodeURIComponent(own.name)}`;
  const reply = await api.get(path);
  if (reply.status === 404) throw missing(what, "it is not there");
  if (reply.status !== 200 || reply.body.kind !== own.kind) throw refusedReply(reply, what, `get ${resourceOf(own)}`);
  const webhooks: readonly unknown[] = Array.isArray(reply.body.webhooks) ? reply.body.webhooks : [];
  const found = webhooks.flatMap((webhook, index) => {
    const { name, clientConfig } = isObject(webhook) ? webhook : ({} as Plain);
    if (typeof name !== "string" || !own.webhooks.includes(name)) return [];
    return [{ name, index, bundle: bundleOf(clientConfig) }];
  });
  for (const name of own.webhooks) {
    if (!found.some((each) => each.name === name)) throw missing(what, `it has no webhook ${name}`);
  }
  return { found };
}

/** @throws Problem */
async function keepOne(api: ClusterApi, own: OwnWebhooks, bundle: string): Promise<number> {
  const place: NamedPlace = { group: GROUP, version: "v1", resource: resourceOf(own), name: own.name };
  for (let tries = 1; ; tries++) {
    const { found } = await readOne(api, own);
    const others = found.filter((each) => each.bundle !== bundle);
    if (others.length === 0) return 0;
    const reply = await patchObject(
      api,
      place,
      others.flatMap((each) => stepsOf(each, bundle)),
    );
    if (reply.status === 200) return others.length;
    const isMoved = reply.status === 409 || reply.status === 422;
    if (!isMoved || tries >= TRIES) throw refusedReply(reply, `${own.kind} ${own.name}`, `patch ${resourceOf(own)}`);
  }
}

/** Where the webhooks moved meanwhile the test does not hold, and nothing of the patch is done. */
function stepsOf({ name, index }: FoundWebhook, bundle: string): readonly JsonPatchStep[] {
  return [
    { op: "test", path: `/webhooks/${index}/name`, value: name },
    { op: "add", path: `/webhooks/${index}/clientConfig/caBundle`, value: Buffer.from(bundle).toString("base64") },
  ];
}

function resourceOf({ kind }: OwnWebhooks): string {
  return `${kind.toLowerCase()}s`;
}

function bundleOf(clientConfig: unknown): string {
  const bundle = isObject(clientConfig) ? clientConfig.caBundle : undefined;
  return typeof bundle === "string" ? Buffer.from(bundle, "base64").toString("utf8") : "";
}

function missing(place: string, cause: string): Problem {
  const remedy = "apply what bulkhead admission manifests prints";
  return new Problem({ kind: "unavailable", code: "admission.webhooks", place, cause, remedy });
}
