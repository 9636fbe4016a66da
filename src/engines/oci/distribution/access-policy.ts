/** The policy's keys about who may do what in the registry. */

import { coversName } from "../../../core/pattern-cover.ts";
import { type Beside, either, onlyOf, onlyOfEach, setting } from "../../../core/setting.ts";
import { accessForm, environmentsForm, exemptForm, identitiesForm } from "./access-forms.ts";
import { type AccessRule, ANYBODY, type IdentityProvider, type IdentityRule, type NamedFile } from "./access-model.ts";

export const accessSettings = {
  "registry.access": setting<readonly AccessRule[]>({
    form: accessForm,
    description: `Who may do what in the registry: { who: [robot:ci], repositories: [shop/**], actions: [pull, push] }. What no rule allows is refused; without a rule for ${ANYBODY} nothing is served to clients without credentials. Default: none. Stricter: fewer.`,
    initial: [],
    tighten: onlyOfEach(allowedBy),
    show: (value) =>
      value
        .map(
          ({ who, repositories, actions }) => `${who.join(", ")}: ${actions.join(", ")} of ${repositories.join(", ")}`,
        )
        .join("; ") || "an empty list",
  }),
  "registry.identities": setting<readonly IdentityRule[]>({
    form: identitiesForm,
    description:
      "Whose OpenID Connect tokens are taken in place of a password: { provider: github, audience: registry.example.com, claims: { repository_owner: shop } }. The first rule whose claims all match names the principal. Default: none. Stricter: fewer.",
    initial: [],
    tighten: onlyOfEach((wanted, current) => (current.some((other) => isSame(other, wanted)) ? wanted : undefined)),
    read: (written: readonly WrittenIdentity[], beside: Beside) => written.map((one) => identityOf(one, beside)),
    show: (value) => value.map(({ name, issuer }) => `${name} by ${issuer}`).join("; ") || "an empty list",
  }),
  "registry.exempt": setting<readonly string[]>({
    form: exemptForm,
    description:
      "Principals that scan and sign images, and so pull them before they are scanned or signed: [robot:scanner]. They need access as everybody does. Default: none. Stricter: fewer.",
    initial: [],
    tighten: onlyOf(coversName),
  }),
  "registry.environments": setting<Readonly<Record<string, string>>>({
    form: environmentsForm,
    description:
      'Which of `environments` holds for pulls of a principal: { "kubernetes:prod-*/**": production }. A name counts before patterns, and of patterns the first. Default: none, and the values outside of environments hold. Stricter: nothing.',
    initial: {},
    tighten: either((wanted) => Object.keys(wanted).length === 0),
    show: (value) =>
      Object.entries(value)
        .map(([pattern, name]) => `${pattern}: ${name}`)
        .join(", ") || "none",
  }),
};

/** What a policy file writes, once its form is checked. */
interface WrittenIdentity {
  readonly provider: IdentityProvider;
  readonly issuer?: string;
  readonly audience: string;
  readonly claims?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly keys?: string;
  readonly ca?: string;
  readonly asPod?: boolean;
}

const ISSUERS: Readonly<Partial<Record<IdentityProvider, string>>> = {
  github: "https://token.actions.githubusercontent.com",
  gitlab: "https://gitlab.com",
};

const NAMES: Readonly<Partial<Record<IdentityProvider, string>>> = {
  github: "github:{repository}",
  gitlab: "gitlab:{project_path}",
  kubernetes: "kubernetes:{namespace}/{serviceAccount}",
};

function identityOf(written: WrittenIdentity, beside: Beside): IdentityRule {
  const { provider, issuer, audience, claims = {}, name, keys, ca, asPod = false } = written;
  const named = (file: string): NamedFile => ({ file: beside(file), written: file });
  return {
    provider,
    issuer: issuer ?? ISSUERS[provider] ?? "",
    audience,
    claims,
    name: name ?? NAMES[provider] ?? "",
    ...(keys === undefined ? {} : { keys: keys.includes("://") ? { url: keys } : named(keys) }),
    ...(ca === undefined ? {} : { authorities: named(ca) }),
    asPod,
  };
}

/** Of a rule what one of the others allows as well. Parts that several of them allow together are not put together. */
function allowedBy(wanted: AccessRule, current: readonly AccessRule[]): AccessRule | undefined {
  const holds = (rule: AccessRule) =>
    wanted.who.every((name) => rule.who.includes(ANYBODY) || rule.who.some((other) => coversName(other, name))) &&
    wanted.repositories.every((name) => rule.repositories.some((other) => coversName(other, name)));
  const allowed = new Set(current.filter(holds).flatMap(({ actions }) => actions));
  const actions = wanted.actions.filter((action) => allowed.has(action));
  if (actions.length === wanted.actions.length) return wanted;
  return actions.length === 0 ? undefined : { ...wanted, actions };
}

function isSame(one: IdentityRule, other: IdentityRule): boolean {
  const text = (rule: IdentityRule) => JSON.stringify(rule, (key, value) => (key === "file" ? undefined : value));
  return text(one) === text(other);
}
