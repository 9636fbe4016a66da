import { crc32 } from "node:zlib";
import {
  alnum,
  atLeast,
  base64,
  butNot,
  encoded,
  exactly,
  hex,
  lower,
  named,
  type Samples,
  texts,
  upper,
  uuidOf,
} from "./samples.fixture.ts";

const grafanaBody = `glsa_${alnum(32)}`;
const grafanaSum = Buffer.alloc(4);
grafanaSum.writeUInt32LE(crc32(grafanaBody));
const grafanaKey = encoded(JSON.stringify({ k: alnum(32), n: "deploy", id: 1 }));

export const monitoringSamples: Readonly<Record<string, Samples>> = {
  "datadog-api-key": named("DATADOG_API_KEY", hex(32)),
  "datadog-application-key": named("DD_APP_KEY", hex(40)),
  "newrelic-user-key": exactly(`NRAK-${upper(27)}`),
  "newrelic-license-key": exactly(`${hex(36)}NRAL`),
  "newrelic-insert-key": exactly(`NRII-${alnum(32)}`),
  "grafana-service-account-token": butNot(
    `${grafanaBody}_${grafanaSum.toString("hex")}`,
    `${grafanaBody}_${"0123abcd"}`,
    grafanaBody,
  ),
  "grafana-cloud-token": butNot(
    `glc_${encoded(JSON.stringify({ o: "1", n: "stack", k: alnum(24), m: { r: "eu" } }))}`,
    `glc_eyJ${alnum(60)}`,
    "glc_eyJ",
  ),
  "grafana-legacy-api-key": butNot(
    grafanaKey,
    encoded(JSON.stringify({ k: alnum(60), x: 1 })),
    grafanaKey.slice(0, 40),
  ),
  "sentry-organization-token": atLeast(`sntrys_eyJ${alnum(140)}_${base64(43)}`, 150),
  "sentry-user-token": exactly(`sntryu_${hex(64)}`),
  "sentry-legacy-token": named("SENTRY_AUTH_TOKEN", hex(64)),
  "honeycomb-ingest-key": exactly(`hcaik_${lower(58)}`),
  "honeycomb-configuration-key": named("HONEYCOMB_API_KEY", hex(32)),
  "dynatrace-access-token": exactly(`dt0c01.${upper(24)}.${upper(64)}`),
  "splunk-hec-token": named("SPLUNK_HEC_TOKEN", uuidOf()),
  "sumologic-access-key": named("SUMO_ACCESS_KEY", alnum(64)),
  "elastic-api-key": named("ELASTIC_API_KEY", `${base64(58)}==`, base64(40)),
  "pagerduty-api-token": named("PAGERDUTY_TOKEN", `u+${alnum(18)}`),
  "opsgenie-api-key": texts(
    [`Authorization: GenieKey ${uuidOf()}`, `OPSGENIE_API_KEY=${uuidOf()}`],
    [`GenieKey ${hex(12)}`, "GenieKey $KEY"],
  ),
  "rollbar-access-token": named("ROLLBAR_ACCESS_TOKEN", hex(32)),
  "launchdarkly-sdk-key": exactly(`sdk-${uuidOf()}`),
  "segment-write-key": named("SEGMENT_WRITE_KEY", alnum(32)),
  "amplitude-secret-key": named("AMPLITUDE_API_KEY", hex(32)),
  "mixpanel-secret": named("MIXPANEL_API_SECRET", hex(32)),
  "posthog-personal-api-key": atLeast(`phx_${alnum(47)}`, 30),
  "axiom-token": exactly(`xaat-${uuidOf()}`),
};
