/** A file on its way into a channel: asked for, uploaded, then completed (shared). */
export type StoredFile = {
  id: string;
  name: string;
  title: string;
  altText?: string;
  size: number;
  bytes?: Uint8Array;
  channel?: string;
  completed: boolean;
};

/** A file as files.* and messages carry it. */
export function fileWire(file: StoredFile): Record<string, unknown> {
  return { id: file.id, name: file.name, title: file.title, size: file.size, mode: 'hosted', is_external: false };
}
