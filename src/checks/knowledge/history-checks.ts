import { addUrl } from "../build/add-url.ts";
import { curlPipeShell } from "../build/curl-pipe-shell.ts";
import { packageSignaturesOff } from "../build/package-signatures-off.ts";
import { passwordInCommand } from "../build/password-in-command.ts";
import { secretInArgOrEnv } from "../build/secret-in-arg-or-env.ts";
import { secretLeftInLayer } from "../build/secret-left-in-layer.ts";
import { secretWritten } from "../build/secret-written.ts";
import { sudo } from "../build/sudo.ts";
import { tlsVerificationOff } from "../build/tls-verification-off.ts";

/**
 * Checks over Dockerfiles whose findings a history can prove. Left out is what it does not say (stages, digests, ignore
 * files, mounts, checksums), what the image itself says better (user, ports, volumes, modes, entrypoint), and what is
 * about a rebuild and not about this image (pinned versions). Named one by one, so that whoever scans an image does not
 * wait for all of them.
 */
export const historyChecks = [
  addUrl,
  curlPipeShell,
  packageSignaturesOff,
  passwordInCommand,
  secretInArgOrEnv,
  secretLeftInLayer,
  secretWritten,
  sudo,
  tlsVerificationOff,
] as const;
