/** The policy's key about upstream registries. */
import { coversName } from "../../../core/pattern-cover.ts";
import { type Beside, fewer, type PlaceOf, setting, type Tightened } from "../../../core/setting.ts";
import { upstreamsForm } from "./upstream-forms.ts";
import {
  type CooldownStart,
  cooldownStarts,
  type OfflineAction,
  offlineActions,
  type UpstreamRule,
  type UpstreamSigners,
} from "./upstream-model.ts";

type Upstreams = Readonly<Record<string, UpstreamRule>>;

export const upstreamSettings = {
  "registry.upstreams": setting<Upstreams>({
    form: upstreamsForm,
    description:
      "Registries that namespaces of the guarded one stand for: { hub: { registry: docker.io, allow: [library/*], cooldownDays: 3 } } serves docker.io/library/nginx as hub/library/nginx: fetched, verified, aged and scanned first. Nobody can push there. Default: none. Stricter: fewer namespaces or repositories, more signers, longer cooldowns.",
    initial: {},
    tighten: tightenUpstreams,
    read: (written: Readonly<Record<string, WrittenUpstream>>, _beside: Beside, at) => upstreamsOf(written, at),
    show: (value) =>
      Object.entries(value)
        .map(([namespace, rule]) => `${namespace}: ${shownRule(rule)}`)
        .join("; ") || "none",
  }),
};

/** What a policy file writes, once its form is checked. */
interface WrittenUpstream {
  readonly registry: string;
  readonly credentials?: string;
  readonly allow?: readonly string[];
  readonly signedBy?: { readonly of: readonly string[]; readonly atLeast?: number };
  readonly cooldownDays?: number;
  readonly cooldownFrom?: CooldownStart;
  readonly refreshMinutes?: number;
  readonly offline?: OfflineAction;
  readonly platforms?: readonly string[];
  readonly hosts?: readonly string[];
}

function upstreamsOf(written: Readonly<Record<string, WrittenUpstream>>, at: PlaceOf): Upstreams {
  return Object.fromEntries(
    Object.entries(written).map(([namespace, one]): [string, UpstreamRule] => {
      const { registry, credentials, allow = [], signedBy, cooldownDays = 0, cooldownFrom = "seen" } = one;
      const { refreshMinutes = 10, offline = "serve", platforms = [], hosts = [] } = one;
      return [
        namespace,
        {
          registry,
          ...(credentials === undefined ? {} : { credentials }),
          allow,
          ...(signedBy === undefined
            ? {}
            : { signedBy: { of: [...new Set(signedBy.of)], atLeast: signedBy.atLeast ?? 1 } }),
          cooldownDays,
          cooldownFrom,
          refreshMinutes,
          offline,
          platforms,
          hosts,
          statedAt: at([namespace]),
        },
      ];
    }),
  );
}

function shownRule({ registry, allow, signedBy, cooldownDays, cooldownFrom }: UpstreamRule): string {
  return [
    registry,
    ...(allow.length === 0 ? [] : [allow.join(", ")]),
    ...(signedBy === undefined ? [] : [`signed by ${signedBy.atLeast} of ${signedBy.of.join(", ")}`]),
    ...(cooldownDays === 0 ? [] : [`held back ${cooldownDays} days from ${cooldownFrom}`]),
  ].join(" ");
}

/** A namespace that only the wanted one has would let more in. */
function tightenUpstreams(current: Upstreams, wanted: Upstreams): Tightened<Upstreams> {
  let loosens = false;
  const kept: [string, UpstreamRule][] = [];
  for (const [namespace, rule] of Object.entries(wanted)) {
    const held = Object.hasOwn(current, namespace) ? current[namespace] : undefined;
    if (held === undefined || !isSameSource(held, rule)) {
      loosens = true;
      if (held !== undefined) kept.push([namespace, held]);
      continue;
    }
    const stricter = tightenRule(held, rule);
    loosens ||= stricter.loosens;
    kept.push([namespace, stricter.value]);
  }
  return { value: Object.fromEntries(kept), loosens };
}

function isSameSource(one: UpstreamRule, other: UpstreamRule): boolean {
  return one.registry === other.registry && one.credentials === other.credentials;
}

function tightenRule(held: UpstreamRule, wanted: UpstreamRule): Tightened<UpstreamRule> {
  const allow = fewer(coversName)(held.allow, wanted.allow);
  const signers = tightenSigners(held.signedBy, wanted.signedBy);
  const later = <Value>(order: readonly Value[], one: Value, other: Value) =>
    order.indexOf(one) > order.indexOf(other) ? one : other;
  const { statedAt, ...rest } = held;
  const value: UpstreamRule = {
    ...rest,
    allow: allow.value,
    ...(signers.value === undefined ? {} : { signedBy: signers.value }),
    cooldownDays: Math.max(held.cooldownDays, wanted.cooldownDays),
    cooldownFrom: later(cooldownStarts, held.cooldownFrom, wanted.cooldownFrom),
    refreshMinutes: Math.min(held.refreshMinutes, wanted.refreshMinutes),
    offline: later(offlineActions, held.offline, wanted.offline),
    ...(statedAt === undefined ? {} : { statedAt }),
  };
  const loosens =
    allow.loosens ||
    signers.loosens ||
    value.cooldownDays !== wanted.cooldownDays ||
    value.cooldownFrom !== wanted.cooldownFrom ||
    value.refreshMinutes !== wanted.refreshMinutes ||
    value.offline !== wanted.offline ||
    !isSubset(wanted.hosts, held.hosts);
  return { value, loosens };
}

function isSubset(some: readonly string[], of: readonly string[]): boolean {
  return some.every((one) => of.includes(one));
}

/** Of two demands for signers that cannot both be stated, what holds stays. */
function tightenSigners(
  held: UpstreamSigners | undefined,
  wanted: UpstreamSigners | undefined,
): Tightened<UpstreamSigners | undefined> {
  if (held === undefined) {
    return { value: wanted === undefined ? undefined : { ...wanted, tightensOnly: true }, loosens: false };
  }
  if (wanted === undefined) return { value: held, loosens: true };
  const isStricter = isSubset(wanted.of, held.of) && wanted.atLeast >= held.atLeast;
  return isStricter
    ? { value: { ...wanted, ...(held.tightensOnly === true ? { tightensOnly: true as const } : {}) }, loosens: false }
    : { value: held, loosens: true };
}
