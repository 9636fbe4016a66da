/** The policy's slice about Secrets: how often they are replaced, and which store they come from. */
import { days, either, type Form, setting, type Tighten } from "../../core/setting.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly rotation: {
      readonly secrets: {
        /** Days after which the data of a cluster's Secret must have changed. Absent: its age is not judged. */
        readonly maxAgeDays?: number;
        /** The same of Secrets of a type, and of those in a namespace (its name or a pattern); the least that applies counts. */
        readonly types?: DaysByName;
        readonly namespaces?: DaysByName;
        /** `ClusterSecretStore/prod`: where External Secrets gets them. Absent: nobody knows. */
        readonly store?: string;
      };
    };
  }
}

type DaysByName = Readonly<Record<string, number>>;

const typed = (each: string, is: RegExp): Form => ({
  kind: "named",
  name: { says: each, is: (text) => text.length <= 253 && is.test(text) },
  of: days,
});

/** Each number of either, the less of both; what one leaves out is no less strict. */
const lessOfEach: Tighten<DaysByName | undefined> = (current = {}, wanted = {}) => {
  const value: Record<string, number> = { ...current };
  for (const [name, number] of Object.entries(wanted)) {
    const known = Object.hasOwn(current, name) ? current[name] : undefined;
    value[name] = known === undefined ? number : Math.min(known, number);
  }
  const loosens = Object.entries(current).some(
    ([name, number]) => !Object.hasOwn(wanted, name) || (wanted[name] ?? number) > number,
  );
  return { value, loosens };
};

const show = (value: DaysByName | undefined): string =>
  Object.entries(value ?? {})
    .map(([name, number]) => `${name}: ${number}`)
    .join(", ");

export const rotationSettings = {
  "rotation.secrets.maxAgeDays": setting<number | undefined>({
    form: days,
    description:
      "Days after which the data of a cluster's Secret must have changed. Default: none stated, and their age is not judged. Stricter: a number where there was none, or less.",
    group: "How often secrets must be replaced.",
    initial: undefined,
    tighten: either((wanted, current) => wanted !== undefined && (current === undefined || wanted < current)),
  }),
  "rotation.secrets.types": setting<DaysByName | undefined>({
    form: typed("a type of Secret: kubernetes.io/tls", /^[A-Za-z0-9][A-Za-z0-9./_-]*$/),
    description:
      "The same by the type of Secret. The least number that applies counts. Default: none. Stricter: more types, or less days.",
    initial: undefined,
    tighten: lessOfEach,
    show,
  }),
  "rotation.secrets.namespaces": setting<DaysByName | undefined>({
    form: typed("a namespace or a pattern over namespaces: shop, shop-*", /^[a-z0-9*?][a-z0-9*?-]*$/),
    description:
      "The same by namespace or a pattern over names. The least number that applies counts. Default: none. Stricter: more namespaces, or less days.",
    initial: undefined,
    tighten: lessOfEach,
    show,
  }),
  "rotation.secrets.store": setting<string | undefined>({
    form: {
      kind: "text",
      each: {
        says: "a store of External Secrets: ClusterSecretStore/prod",
        is: (text) => /^(?:Cluster)?SecretStore\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(text),
      },
    },
    description:
      "The store of External Secrets that secrets come from: `workload fix --unsafe` makes a Secret with plaintext values an ExternalSecret of it, `NAMESPACE/NAME` with the same keys. Default: none stated. Stricter: one where there was none.",
    initial: undefined,
    tighten: either((wanted, current) => wanted !== undefined && current === undefined),
  }),
};
