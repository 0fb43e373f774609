import { runAction } from '@delivery-actions/action-kit';
import { main } from './main.ts';

await runAction(main);
