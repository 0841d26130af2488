/** The same command for the shells of Unix and of Windows, where PowerShell runs it. */
export function shell(unix: string, windows: string): string {
  return Deno.build.os === "windows" ? windows : unix;
}
