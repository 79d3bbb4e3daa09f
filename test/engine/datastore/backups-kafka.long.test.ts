import { ownVolume } from "./support/places";
import { tryBackups } from "./support/restored";

tryBackups("kafka", ownVolume, { encrypt: true });
