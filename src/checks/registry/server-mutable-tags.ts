import { serverCheck } from "./server/server-check.ts";

/** Registry servers in which whoever may push may move a tag that is there. */
export const serverMutableTags = serverCheck({
  name: "server-mutable-tags",
  title: "Registry servers whose tags can be moved",
  severity: "low",
  documentation: {
    what: "Checks whether a registry server keeps a tag where it is once it was pushed: distribution has no such setting, zot has where neither `defaultPolicy` nor `anonymousPolicy` says `update`. It judges configuration. Not reported: servers that take no pushes; Harbor, whose rules stand in its database. The registry guard keeps tags that `registry.immutableTags` matches: except this check for the engine behind it.",
    why: "Whoever may push to a repository replaces a release under its name, and each node runs what the tag pointed to when it pulled.",
    fix: "Put the registry guard before it and state `registry.immutableTags`, or leave `update` out of zot's policies; name images by digest.",
    references: ["https://zotregistry.dev/articles/authn-authz/"],
  },
  applies: ({ movesTags }) => movesTags !== undefined,
  *detect({ title, movesTags, anonymous, everyUser }) {
    if (movesTags !== true) return;
    const allowed = [...anonymous, ...everyUser].find(({ action }) => action === "overwrite");
    yield {
      subject: "tags",
      title: `${title} lets tags be moved to other images`,
      fix: "keep tags with registry.immutableTags of the registry guard, and name images by digest",
      setting: allowed?.setting,
    };
  },
});
