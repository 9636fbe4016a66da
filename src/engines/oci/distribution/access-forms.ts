/** Forms of what a policy file says of who may do what in a registry: for its schema, and for what reads it. */
import type { Form, TextForm } from "../../../core/setting.ts";
import { ANYBODY, accessActions, identityProviders } from "./access-model.ts";

const KINDS = /^(?:user|robot|anonymous|internal)$/;
const NAME = /^([a-z][a-z0-9-]{0,30}):[A-Za-z0-9._@+/*?:{}-]{1,255}$/;

/** Of a principal: `user:alice`, `github:shop/api`. */
const principal: TextForm = {
  says: "a principal or a pattern over principals: user:alice, github:shop/*, robot:*",
  is: (text) => NAME.test(text) && !text.includes("{"),
};

const who: TextForm = {
  says: `a principal, a pattern over principals, or ${ANYBODY}: user:alice, github:shop/*`,
  is: (text) => text === ANYBODY || principal.is(text),
};

const repository: TextForm = {
  says: "a repository or a pattern over repositories, without the registry: shop/api, shop/**",
  is: (text) => text.length <= 255 && /^[a-z0-9*?][a-z0-9._*?-]*(?:\/[a-z0-9*?][a-z0-9._*?-]*)*$/.test(text),
};

export const accessForm: Form = {
  kind: "list",
  of: {
    kind: "mapping",
    fields: {
      who: {
        form: { kind: "list", of: { kind: "text", each: who }, atLeast: 1 },
        description: `Principals or patterns over them: user:alice, robot:*, github:shop/*. ${ANYBODY} is everybody, with or without credentials; no pattern matches it.`,
        required: true,
      },
      repositories: {
        form: { kind: "list", of: { kind: "text", each: repository }, atLeast: 1 },
        description: "Repositories or patterns over them: shop/**.",
        required: true,
      },
      actions: {
        form: { kind: "choices", of: accessActions },
        description: "What they may do: pull, push, delete; catalog lists the names of all repositories.",
        required: true,
      },
    },
    rules: [
      {
        fault: `lets ${ANYBODY} do more than pull`,
        allowed: `actions: [pull] for ${ANYBODY}`,
        holds: ({ who: names, actions }) =>
          !list(names).includes(ANYBODY) || list(actions).every((action) => action === "pull"),
      },
    ],
  },
};

export const exemptForm: Form = { kind: "list", of: { kind: "text", each: principal } };

export const environmentsForm: Form = {
  kind: "named",
  name: who,
  of: { kind: "text", each: { says: "the name of one of `environments`", is: (text) => text.length <= 100 } },
};

const text = (says: string, is: (text: string) => boolean): Form => ({ kind: "text", each: { says, is } });

const claimName: TextForm = {
  says: "the name of a claim: repository",
  is: (name) => /^[A-Za-z_][A-Za-z0-9_.:/-]{0,99}$/.test(name),
};

/** Any account of these may have tokens of theirs: without a condition everybody in the world is let in. */
const SHARED = new Set(["https://token.actions.githubusercontent.com", "https://gitlab.com"]);
const OWNERS = /^(?:sub|(?:repository|namespace|project)(?:_owner|_path)?(?:_id)?)$/;

export const identitiesForm: Form = {
  kind: "list",
  of: {
    kind: "mapping",
    fields: {
      provider: {
        form: { kind: "choice", of: identityProviders },
        description: "Who issues the tokens: github, gitlab, kubernetes or other.",
        required: true,
      },
      issuer: {
        form: text("the exact URL of an issuer: https://gitlab.example.com", isIssuer),
        description:
          "Exact issuer (iss) of the tokens. Default: https://token.actions.githubusercontent.com of github, https://gitlab.com of gitlab; required otherwise.",
      },
      audience: {
        form: text("an audience: registry.example.com", (one) => one.length > 0 && one.length <= 255),
        description:
          "Audience (aud) of the tokens: registry.example.com. Never one that other services share, which could use the tokens that they are given.",
        required: true,
      },
      claims: {
        form: { kind: "named", name: claimName, of: text("a value or a pattern", (one) => one.length <= 1_000) },
        description:
          "Claims and the value or pattern that each must have: { repository_owner: shop, ref: refs/heads/main }. Of kubernetes also namespace and serviceAccount.",
      },
      name: {
        form: text(
          "a kind that is not user, robot, anonymous or internal, a colon, and claims in braces: ci:{project_path}",
          isNameTemplate,
        ),
        description:
          "Principal that such a token stands for. Default: github:{repository}, gitlab:{project_path}, kubernetes:{namespace}/{serviceAccount}; required of other.",
      },
      keys: {
        form: text("a file, or an https URL", (one) => !/^[a-z]+:/.test(one) || isIssuer(one)),
        description: "Where the issuer's public keys (JWKS) are, instead of what its discovery document names.",
      },
      ca: {
        form: text("a file", (one) => !/^[a-z]+:/.test(one)),
        description: "File with the authorities of the issuer's TLS certificate (PEM). Default: the system's.",
      },
      asPod: {
        form: { kind: "flag" },
        description:
          "Ask the issuer with the service account token of the guard's own pod, and trust that pod's authority: for a cluster's own issuer. Default: false.",
      },
    },
    rules: [
      {
        fault: "names no issuer",
        allowed: "issuer, for a provider that is not github or gitlab",
        holds: ({ provider, issuer }) => issuer !== undefined || provider === "github" || provider === "gitlab",
      },
      {
        fault: "names no principal",
        allowed: "name, for the provider other",
        holds: ({ provider, name }) => name !== undefined || provider !== "other",
      },
      {
        fault: "lets everybody in who has an account at the provider",
        allowed: "claims with an exact beginning for repository, repository_owner, project_path, namespace_path or sub",
        holds: isBound,
      },
    ],
  },
};

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * A claim that says whose the workload is, and begins with more than a wildcard. It is asked of mappings whose fields are wrong,
 * too: what is no text is told as that.
 */
function isBound({ provider, issuer, claims }: Readonly<Record<string, unknown>>): boolean {
  const isShared =
    issuer === undefined
      ? provider !== "kubernetes" && provider !== "other"
      : typeof issuer === "string" && SHARED.has(issuer);
  return (
    !isShared ||
    Object.entries(claims ?? {}).some(
      ([claim, value]) =>
        OWNERS.test(claim) && (typeof value !== "string" || !/[*?]/.test(value) || ownerIsExact(claim, value)),
    )
  );
}

/** `shop/*` is of one owner, `sho*` is of many. */
function ownerIsExact(claim: string, value: string): boolean {
  const from = claim === "sub" ? value.indexOf(":") + 1 : 0;
  const [path = ""] = value.slice(from).split(":", 1);
  const wild = path.search(/[*?]/);
  return wild < 0 ? path !== "" : path.slice(0, wild).indexOf("/") > 0;
}

/** http: is for a loopback address alone: who stands in between could put keys of their own in place of the issuer's. */
function isIssuer(written: string): boolean {
  const url = URL.parse(written);
  if (url === null || url.hash !== "" || url.username !== "" || url.password !== "" || written.length > 1_000)
    return false;
  return (
    url.protocol === "https:" || (url.protocol === "http:" && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
  );
}

function isNameTemplate(written: string): boolean {
  const kind = NAME.exec(written)?.[1];
  if (kind === undefined || KINDS.test(kind) || /[*?]/.test(written)) return false;
  return /^(?:[^{}]|\{[A-Za-z_][A-Za-z0-9_.:/-]*\})+$/.test(written);
}
