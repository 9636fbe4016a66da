import type { Allowed } from "../../engines/oci/model.ts";
import { serverCheck, WITHOUT_CONTROL } from "./server/server-check.ts";

/** Repositories that a server's own rules open to anyone (zot, `anonymousPolicy`). */
export const anonymousAccess = serverCheck({
  name: "anonymous-access",
  title: "Registry repositories open to anonymous users",
  severity: "medium",
  withoutControl: WITHOUT_CONTROL,
  documentation: {
    what: "Checks the access rules in the configuration of a registry server: `anonymousPolicy` of zot. It judges configuration and asks no server: `bulkhead check --probe-registry` does. Not reported: a server without any authentication, which `registry/server-without-authentication` finds; projects of Harbor, whose rules stand in its database. Severity: high for pushing and deleting, medium for pulling.",
    why: "Images hold code, addresses and now and then secrets; whoever may push without a name leaves none behind.",
    fix: "Remove `anonymousPolicy`, and give pods and people accounts that may pull what they need.",
    references: ["https://zotregistry.dev/articles/authn-authz/"],
  },
  applies: ({ product }) => product === "zot",
  *detect({ anonymous, title }) {
    const byPattern = Map.groupBy(
      anonymous.filter(({ setting }) => setting !== undefined),
      ({ repositories = "**" }) => repositories,
    );
    for (const [repositories, allowed] of byPattern) {
      const actions = allowed.map(({ action }: Allowed) => action);
      const writes = actions.some((action) => action !== "pull");
      yield {
        subject: `anonymousPolicy of ${repositories}`,
        severity: writes ? "high" : "medium",
        title: `${title} lets anyone ${actions.join(", ")} in ${repositories}`,
        fix: "remove anonymousPolicy of these repositories",
        setting: allowed[0]?.setting,
      };
    }
  },
});
