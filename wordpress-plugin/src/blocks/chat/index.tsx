import { registerBlockType } from '@wordpress/blocks';

import metadata from './block.json';
import { Edit } from './edit.tsx';

registerBlockType( metadata.name, {
	edit: Edit,
	// The front end is rendered by render.php; nothing of it is stored in the post.
	save: () => null,
} );
