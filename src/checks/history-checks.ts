/**
 * Checks over Dockerfiles whose findings a history can prove. Left out is what it does not say (stages, digests, ignore
 * files, mounts, checksums), what the image itself says better (user, ports, volumes, modes, entrypoint), and what is
 * about a rebuild and not about this image (pinned versions).
 */
export const historyChecks: ReadonlySet<string> = new Set([
  "build/add-url",
  "build/curl-pipe-shell",
  "build/package-signatures-off",
  "build/password-in-command",
  "build/secret-in-arg-or-env",
  "build/secret-left-in-layer",
  "build/secret-written",
  "build/sudo",
  "build/tls-verification-off",
]);
