/** Forms of what a policy file says of admission: for its schema, and for what reads it. */
import { actionForm, gateRuleFields } from "../../core/gate-settings.ts";
import type { Form, TextForm } from "../../core/setting.ts";
import { podSecurityLevels } from "./policy-model.ts";

export const namespacePattern: TextForm = {
  says: "a namespace or a pattern over namespaces: shop, shop-*",
  is: (text) => /^[a-z0-9*?]([a-z0-9*?-]*[a-z0-9*?])?$/.test(text) && text.length <= 63,
};

const rules = gateRuleFields(
  "For what could not be found out, such as an image whose registry does not answer; never more than a finding brings about. Default: deny.",
);

const own: Form = { kind: "any", of: [actionForm, { kind: "mapping", fields: rules }] };

export const gateForm: Form = {
  kind: "any",
  of: [
    actionForm,
    {
      kind: "mapping",
      fields: {
        ...rules,
        namespaces: {
          form: { kind: "named", name: namespacePattern, of: own },
          description:
            "By namespace or a pattern over names: an action, or a mapping as this one. A name counts before patterns, and of patterns the strictest.",
        },
      },
    },
  ],
};

export const environmentsForm: Form = {
  kind: "named",
  name: namespacePattern,
  of: { kind: "text", each: { says: "the name of one of `environments`", is: (text) => text.length <= 100 } },
};

const level: Form = { kind: "choice", of: podSecurityLevels };

export const podSecurityForm: Form = {
  kind: "named",
  name: namespacePattern,
  of: {
    kind: "any",
    of: [
      level,
      {
        kind: "mapping",
        fields: {
          level: { form: level, description: "Level of the Pod Security Standards.", required: true },
          version: {
            form: {
              kind: "text",
              each: { says: "a version of Kubernetes: v1.33, or latest", is: (text) => podSecurityVersion.test(text) },
            },
            description: "Version of the standards. Default: latest.",
          },
        },
      },
    ],
  },
};

export const podSecurityVersion: RegExp = /^(?:latest|v1\.(?:0|[1-9][0-9]{0,2}))$/;
