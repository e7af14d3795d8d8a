<?php

// PHP-FPM keeps a script's arguments in $_SERVER alone; with this before them, scripts are the same there and here.

declare(strict_types=1);

$argv = $_SERVER['argv'];
