import { OfflineLoginIssuer, type OfflineOptions } from "../../src/testing/mod.ts";

/** A login service on this machine, where every code is agreed to at once. */
const issuer = await OfflineLoginIssuer.start({ approvesDevices: true });

/** Sends the runtime's logins there. */
export const options: OfflineOptions = { env: issuer.env, config: issuer.config };

/** Ends the service. */
export const close = (): Promise<void> => issuer.close();
