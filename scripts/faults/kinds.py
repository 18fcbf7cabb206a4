"""All kinds of faults."""

from faults.damage import DAMAGES
from faults.disks import DISKS
from faults.inputs import INPUTS
from faults.kills import KILLS
from faults.nights import NIGHTS
from faults.servers import SERVERS

KINDS = (*KILLS, *DISKS, *DAMAGES, *INPUTS, *SERVERS, *NIGHTS)
