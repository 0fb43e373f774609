console.log('Builder: the rehearsal packs the image by itself');
