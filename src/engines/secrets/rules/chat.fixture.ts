import {
  alnum,
  atLeast,
  base64,
  encoded,
  exactly,
  hex,
  letters,
  lower,
  named,
  number,
  type Samples,
  upper,
  uuidOf,
} from "./samples.fixture.ts";

const discord = `${encoded(`3${number(17)}`).replace(/=/g, "")}.${alnum(6)}.${alnum(38)}`;

export const chatSamples: Readonly<Record<string, Samples>> = {
  "slack-bot-token": atLeast(`xoxb-${number(12)}-${number(13)}-${alnum(24)}`, 40),
  "slack-user-token": atLeast(`xoxp-${number(12)}-${number(12)}-${number(13)}-${hex(32)}`, 40),
  "slack-legacy-workspace-token": atLeast(`xoxr-2-${alnum(60)}`, 20),
  "slack-app-level-token": exactly(`xapp-1-A${upper(10)}-${number(13)}-${hex(64)}`),
  "slack-configuration-token": atLeast(`xoxe.xoxp-1-${alnum(163)}`, 100),
  "slack-webhook-url": atLeast(`https://hooks.slack.com/services/T${upper(10)}/B${upper(10)}/${alnum(24)}`, 65),
  "discord-bot-token": {
    found: [`discord: ${discord}`, `bot.login("${discord}")`],
    missed: [`discord: M${alnum(23)}.${alnum(6)}.${alnum(38)}`, `discord: ${discord.slice(0, 40)}`],
  },
  "discord-webhook-url": atLeast(`https://discord.com/api/webhooks/${number(18)}/${alnum(68)}`, 70),
  "discord-client-secret": named("DISCORD_CLIENT_SECRET", alnum(32)),
  "telegram-bot-token": exactly(`${number(10)}:AA${alnum(33)}`),
  "teams-webhook-url": atLeast(
    `https://example.webhook.office.com/webhookb2/${uuidOf()}@${uuidOf("b")}/IncomingWebhook/${hex(32)}/${uuidOf("c")}`,
    150,
  ),
  "google-chat-webhook-url": atLeast(
    `https://chat.googleapis.com/v1/spaces/${alnum(11)}/messages?key=AIza${alnum(35)}&token=${alnum(43)}`,
    110,
  ),
  "mattermost-token": named("MATTERMOST_TOKEN", lower(26)),
  "matrix-access-token": exactly(`syt_${base64(8)}_${letters(20)}_${alnum(6)}`),
  "facebook-access-token": atLeast(`EAAC${alnum(180)}`, 80),
  "facebook-app-secret": named("FACEBOOK_APP_SECRET", hex(32)),
  "facebook-app-access-token": {
    found: [`facebook_token: ${number(16)}|${alnum(27)}`, `FB_TOKEN="${number(15)}%7C${alnum(27)}"`],
    missed: [`facebook_token: ${number(16)}|${alnum(20)}`, `id: ${number(16)}|${alnum(27)}`],
  },
  "instagram-access-token": atLeast(`IGQV${alnum(150)}`, 80),
  "twitter-bearer-token": atLeast(`${"A".repeat(22)}${alnum(90)}`, 60),
  "twitter-api-secret": named("TWITTER_ACCESS_TOKEN_SECRET", alnum(45)),
  "linkedin-client-secret": named("LINKEDIN_CLIENT_SECRET", `WPL_AP1.${alnum(16)}.${alnum(8)}`, `WPL_AP1.${alnum(10)}`),
  "twitch-client-secret": named("TWITCH_CLIENT_SECRET", lower(30)),
  "zoom-client-secret": named("ZOOM_CLIENT_SECRET", alnum(32)),
};
