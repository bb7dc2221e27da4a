"""Where pictures are laid out for an encoder: planar YUV 4:2:0 in memory of FFmpeg's, the same for all of them."""

from __future__ import annotations

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Size
from streamseg.video.planes import pixels_of


class Sheet:
    """Turns pictures of one size into the frames of an encoder.

    Its memory is used again for each: fresh one for every picture takes as long as the conversion does.

    Parameters
    ----------
    size
        (height, width) of the pictures; an odd one grows by a copy of the last row or column.

    Attributes
    ----------
    size
        (height, width) of the pictures.
    even_size
        (height, width) of the frames.
    """

    def __init__(self, size: Size) -> None:
        self.size = size
        self._bottom, self._right = size[0] % 2, size[1] % 2
        self.even_size = height, width = size[0] + self._bottom, size[1] + self._right
        self._planes = np.empty((height * 3 // 2, width), np.uint8)
        self._frame = av.VideoFrame(width, height, "yuv420p")

    def lay_out(self, image: NDArray[np.uint8]) -> av.VideoFrame:
        """Return the frame of ``image``, grey (H, W) or RGB (H, W, 3), in BT.601, limited range.

        It holds until the next call; what an encoder keeps of it stays.

        Raises
        ------
        ValueError
            The picture is of another size.
        """
        if image.shape[:2] != self.size:
            raise ValueError(f"expected a picture of {self.size} (height, width), got {image.shape[:2]}")
        rgb = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
        if self._bottom or self._right:
            rgb = cv2.copyMakeBorder(rgb, 0, self._bottom, 0, self._right, cv2.BORDER_REPLICATE)
        cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420, dst=self._planes)
        self._frame.make_writable()  # other memory, where an encoder keeps what it was given
        height = self.even_size[0]
        packed = self._planes[:height], *self._planes[height:].reshape(2, height // 2, -1)
        for plane, pixels in zip(self._frame.planes, packed, strict=True):
            pixels_of(plane)[:] = pixels
        return self._frame
