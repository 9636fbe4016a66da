/** Namespaces as they are now: from a watch, and asked for one by one where that does not say. */
import { readClock } from "../../../core/clock.ts";
import type { Problem } from "../../../core/problem.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { ClusterApi, Plain } from "../../../engines/kubernetes/cluster/client.ts";
import { pathOf, type ResourcePlace } from "../../../engines/kubernetes/cluster/paths.ts";
import { type Watch, watchKind } from "../../../engines/kubernetes/cluster/watch.ts";
import { refusedReply } from "../../../engines/kubernetes/cluster/writes.ts";
import type { NamespaceFacts } from "../model.ts";
import { bounds } from "./bounds.ts";
import { createShortMemory } from "./memory.ts";

export interface Namespaces {
  of(name: string): Promise<NamespaceFacts | undefined | Problem>;
  readonly first: Watch["first"];
  close(): void;
}

const place: ResourcePlace = { group: "", version: "v1", resource: "namespaces" };

export function watchNamespaces(api: ClusterApi, now: () => number): Namespaces {
  const watch = watchKind(api, { ...place, kind: "Namespace", keep: withoutSpec });
  const asked = createShortMemory<NamespaceFacts>(bounds.namespaceMilliseconds, now);

  /** A namespace that was made a moment ago is not there yet: what is not known is always asked for. */
  function watched(name: string): NamespaceFacts | undefined {
    const state = watch.state();
    if (state.outcome === "behind" && readClock().getTime() - state.since > bounds.behindMilliseconds) return undefined;
    const object = state.outcome === "current" || state.outcome === "behind" ? state.objects.get(name) : undefined;
    return object === undefined ? undefined : factsOf(name, object);
  }

  return {
    first: watch.first,
    close: watch.close,
    async of(name) {
      return (
        watched(name) ??
        (await asked.of(`namespace ${name}`, async () => {
          const path = pathOf({ ...place, name });
          const reply = await api.get(path);
          if (reply.status === 404) return undefined;
          if (reply.status !== 200 || reply.body.kind !== "Namespace")
            throw refusedReply(reply, path, "get namespaces");
          return factsOf(name, reply.body);
        }))
      );
    },
  };
}

function withoutSpec({ apiVersion, kind, metadata: all }: Plain): Plain {
  const { name, uid, labels, annotations } = isObject(all) ? all : ({} as Untyped);
  return { apiVersion, kind, metadata: { name, uid, labels, annotations } };
}

function factsOf(name: string, { metadata }: Plain): NamespaceFacts {
  const { uid, labels, annotations } = isObject(metadata) ? metadata : ({} as Untyped);
  return {
    name,
    ...(typeof uid === "string" ? { uid } : {}),
    labels: texts(labels),
    annotations: texts(annotations),
  };
}

function texts(map: unknown): Readonly<Record<string, string>> {
  const entries = isObject(map) ? Object.entries(map) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
