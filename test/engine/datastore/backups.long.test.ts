import { ownVolume, useFolder, useS3 } from "./support/places";
import { tryBackups } from "./support/restored";

const folder = useFolder();
const s3 = useS3();

tryBackups("redis", ownVolume, { encrypt: true });
tryBackups("redis", folder, { encrypt: false });
tryBackups("redis", s3, { encrypt: true });
tryBackups("postgres", ownVolume, { encrypt: false });
tryBackups("postgres", folder, { encrypt: true });
tryBackups("postgres", s3, { encrypt: true });
