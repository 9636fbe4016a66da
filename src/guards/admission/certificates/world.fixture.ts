/** A Secret and webhooks that stand in memory, for tests of those that keep them. */
import { Problem } from "../../../core/problem.ts";
import type { CertificatePair } from "../../../engines/certificates/model.ts";
import { type CertificateKeeper, type CertificateSource, createCertificateKeeper } from "./keeper.ts";
import type { CertificateState, CertificateStore, WebhookAnchors } from "./model.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const NAME = "admission.bulkhead.svc";

const away = () => new Problem({ kind: "unavailable", code: "cluster.unreachable", place: "test", cause: "away" });

export interface World {
  now: Date;
  /** True: the API server does not answer. */
  isAway: boolean;
  state: CertificateState | undefined;
  version: number;
  caBundle: string;
  /** Called before each write of the Secret: whatever another replica does meanwhile. */
  beforeWrite: () => void;
  readonly store: CertificateStore;
  readonly anchors: WebhookAnchors;
}

export function createWorld(now = new Date("2026-11-27T12:00:00Z")): World {
  const world: World = {
    now,
    isAway: false,
    state: undefined,
    version: 1,
    caBundle: "",
    beforeWrite: () => undefined,
    store: {
      read: async () => (world.isAway ? away() : { state: world.state, version: String(world.version) }),
      async write(state, version) {
        if (world.isAway) return away();
        world.beforeWrite();
        if (version !== String(world.version)) return "conflict";
        world.state = state;
        world.version += 1;
        return "written";
      },
    },
    anchors: {
      read: async () => (world.isAway ? away() : [{ place: "webhook", caBundle: world.caBundle, serverName: NAME }]),
      async write(bundle) {
        if (world.isAway) return away();
        world.caBundle = bundle;
        return undefined;
      },
    },
  };
  return world;
}

export interface Replica extends CertificateKeeper {
  readonly shown: CertificatePair[];
}

export function replicaOf(
  world: World,
  source: CertificateSource,
  anchors: WebhookAnchors | "none" = world.anchors,
): Replica {
  const shown: CertificatePair[] = [];
  const keeper = createCertificateKeeper({
    source,
    ...(anchors === "none" ? {} : { anchors }),
    now: () => world.now,
    show: (pair) => void shown.push(pair),
  });
  return { ...keeper, shown };
}
