/** Forms of what a policy file says of pulls from a guarded registry: for its schema, and for what reads it. */
import { actionForm, gateRuleFields } from "../../../core/gate-settings.ts";
import type { Form, TextForm } from "../../../core/setting.ts";

const rules = gateRuleFields(
  "For what could not be found out, such as an image that is not scanned yet; never more than a finding brings about. Default: deny.",
);

const direction: Form = { kind: "any", of: [actionForm, { kind: "mapping", fields: rules }] };

export const registryGateForm: Form = {
  kind: "any",
  of: [
    actionForm,
    {
      kind: "mapping",
      fields: {
        pull: {
          form: direction,
          description: "What a pull is answered: an action, or a mapping by check and category.",
        },
        push: {
          form: direction,
          description: "What a push is answered: an action, or a mapping by check and category.",
        },
        unknown: {
          form: actionForm,
          description: "For what could not be found out, of pulls and pushes that say nothing of it themselves.",
        },
      },
    },
  ],
};

const PLAIN = /^[a-z0-9*?][a-z0-9._*?-]*(?:\/[a-z0-9*?][a-z0-9._*?-]*)*$/;

export const repositoryPattern: TextForm = {
  says: "a repository or a pattern over repositories, without the registry: shop/api, shop/**",
  is: (text) => text.length <= 255 && PLAIN.test(text),
};

const imagePattern: TextForm = {
  says: "a repository or a pattern over repositories, with a digest where that alone is meant: shop/api@sha256:…",
  is: (text) => {
    const at = text.indexOf("@");
    if (at < 0) return repositoryPattern.is(text);
    return (
      repositoryPattern.is(text.slice(0, at)) && /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(text.slice(at + 1))
    );
  },
};

const principalPattern: TextForm = {
  says: "a principal or a pattern over principals: user:alice, kubernetes:shop/*",
  is: (text) => text.length <= 300 && /^[a-z*?][A-Za-z0-9._@+/:*?-]*$/.test(text),
};

const line: TextForm = {
  says: "one line of at most 300 characters",
  is: (text) => text.trim() !== "" && text.length <= 300 && !/\p{Cc}/u.test(text),
};

/** Where to ask, which clients print. */
export const askAtForm: Form = { kind: "text", each: line };

const moment: TextForm = {
  says: "a moment in UTC: 2026-11-28T18:00:00Z",
  is: (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z$/.test(text) && !Number.isNaN(Date.parse(text)),
};

export const breakGlassForm: Form = {
  kind: "list",
  of: {
    kind: "mapping",
    fields: {
      images: {
        form: { kind: "list", of: { kind: "text", each: imagePattern }, atLeast: 1 },
        description: "Repositories or patterns over them, each with a digest where that alone is meant.",
        required: true,
      },
      principals: {
        form: { kind: "list", of: { kind: "text", each: principalPattern }, atLeast: 1 },
        description: "Principals or patterns over them, who alone may. Default: whoever may pull the repository.",
      },
      reason: { form: { kind: "text", each: line }, description: "Why, for the audit log.", required: true },
      owner: { form: { kind: "text", each: line }, description: "Who answers for it.", required: true },
      until: {
        form: { kind: "text", each: moment },
        description: "The moment at which it ends, at most 7 days ahead: 2026-11-28T18:00:00Z.",
        required: true,
      },
    },
  },
};
