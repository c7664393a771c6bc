/** Whether a URL can only be this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
export function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || hostname.startsWith('127.')
  );
}
