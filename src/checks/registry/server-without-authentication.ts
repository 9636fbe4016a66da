import { serverCheck, WITHOUT_CONTROL } from "./server/server-check.ts";

/** Registry servers that ask nobody who they are (distribution, "Configuring a registry", `auth`; zot, "User authentication"). */
export const serverWithoutAuthentication = serverCheck({
  name: "server-without-authentication",
  title: "Registry servers without authentication",
  severity: "high",
  withoutControl: WITHOUT_CONTROL,
  documentation: {
    what: "Checks the configuration of registry servers that is in the scanned directory: `auth` of distribution, with the variables `REGISTRY_…` of the container that runs it, `http.auth` of zot, the administrator's password of Harbor. It judges configuration and asks no server: `bulkhead check --probe-registry` does. Not reported: a server that listens on `localhost` alone. Severity: high where anyone may push, or read an upstream with the server's credentials; medium where anyone may only pull.",
    why: "Whoever reaches the port replaces the image that the next deployment pulls, or reads what is in all of them.",
    fix: "Let the server accept tokens of the registry guard alone (`auth.token` of distribution), and let only the guard reach it.",
    references: [
      "https://distribution.github.io/distribution/about/configuration/#auth",
      "https://zotregistry.dev/articles/authn-authz/",
      "https://goharbor.io/docs/latest/install-config/configure-yml-file/",
    ],
  },
  *detect({ title, authentication, anonymous, transport, upstreams, defaultPassword }) {
    if (defaultPassword !== undefined) {
      yield {
        subject: "administrator's password",
        title: `${title} has the administrator's password that everybody knows`,
        fix: "change harbor_admin_password before the first start, and in the user interface after it",
        setting: defaultPassword,
      };
    }
    if (transport.kind === "local") return;
    if (authentication?.method === "silly") {
      yield {
        subject: "authentication",
        title: `${title} accepts every Authorization header (auth.silly)`,
        fix: "use auth.token or auth.htpasswd in place of auth.silly",
        setting: authentication.setting,
      };
      return;
    }
    if (authentication !== undefined) return;
    const actions = new Set(
      anonymous.filter(({ repositories }) => repositories === undefined).map(({ action }) => action),
    );
    if (actions.size === 0) return;
    const lent = upstreams.find(({ hasCredentials }) => hasCredentials);
    yield {
      subject: "authentication",
      severity: actions.has("push") || lent !== undefined ? "high" : "medium",
      title: actions.has("push")
        ? `${title} lets anyone push and pull: no authentication is configured`
        : lent === undefined
          ? `${title} lets anyone pull: no authentication is configured`
          : `${title} lets anyone pull what its own credentials may read upstream: no authentication is configured`,
      fix: "configure authentication: auth.token of distribution, http.auth of zot",
      setting: lent?.setting,
    };
  },
});
