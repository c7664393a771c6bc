/** Whether a URL can only be this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
export function isLoopback({ hostname }: URL): boolean {
  // A host such as 127.example.com is anywhere.
  const isLocalName = hostname === 'localhost' || hostname.endsWith('.localhost');
  return isLocalName || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
