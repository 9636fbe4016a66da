import { alnum, atLeast, exactly, hex, named, type Samples, texts, upper, uuidOf } from "./samples.fixture.ts";

export const mailSamples: Readonly<Record<string, Samples>> = {
  "sendgrid-api-key": exactly(`SG.${alnum(22)}.${alnum(43)}`),
  "twilio-api-key": texts(
    [`twilio: SK${hex(32)}`, `TWILIO_API_KEY="SK${hex(32)}"`],
    [`twilio: SK${hex(31)}`, `SK${hex(32)}`],
  ),
  "twilio-auth-token": named("TWILIO_AUTH_TOKEN", hex(32)),
  "mailgun-api-key": exactly(`key-${hex(32)}`),
  "mailgun-signing-key": texts(
    [`mailgun_key: ${hex(32)}-${hex(8)}-${hex(8, "b")}`],
    [`mailgun_key: ${hex(32)}-${hex(8)}`, `key: ${hex(32)}-${hex(8)}-${hex(8)}`],
  ),
  "mailchimp-api-key": texts(
    [`key: ${hex(32)}-us12`, `"${hex(32)}-us6"`],
    [`key: ${hex(31)}-us12`, `key: ${hex(32)}-us123`, `key: ${hex(32)}-eu1`],
  ),
  "mandrill-api-key": named("MANDRILL_API_KEY", alnum(22)),
  "postmark-server-token": named("POSTMARK_API_TOKEN", uuidOf()),
  "brevo-api-key": exactly(`xkeysib-${hex(64)}-${alnum(16)}`),
  "resend-api-key": atLeast(`re_${alnum(8)}_${alnum(24)}`, 20),
  "mailersend-token": exactly(`mlsn.${hex(64)}`),
  "sparkpost-api-key": named("SPARKPOST_API_KEY", hex(40)),
  "mailjet-secret-key": named("MJ_APIKEY_PRIVATE", hex(32)),
  "klaviyo-private-key": exactly(`pk_${hex(34)}`),
  "vonage-api-secret": named("VONAGE_API_SECRET", alnum(16)),
  "telnyx-api-key": exactly(`KEY0${upper(31).replace(/[G-Z]/g, "7")}_${alnum(22)}`),
  "messagebird-access-key": named("MESSAGEBIRD_ACCESS_KEY", alnum(25)),
  "courier-api-key": exactly(`pk_prod_${upper(28)}`),
};
